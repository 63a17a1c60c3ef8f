import {
  decodeAttempts,
  decodeDeadLetters,
  decodeReplayed,
  decodeSystem,
  decodeWebhooks,
  type System,
} from "@streakline/web";
import { describe, expect, it } from "vitest";
import { golden } from "../../../web/tests/golden.ts";
import { alarmsOf, bytes, lastRun, ofFlow, rejectedOf, span, worstLag } from "../../src/system/figures.ts";
import { hostOf, lastWords, moreWords, stateWords } from "../../src/system/webhooks.ts";

const system = decodeSystem(JSON.parse(golden("system")));
const roomy = { free: 2 ** 40, total: 2 ** 41 };
const well: System = {
  ...system,
  dead: { count: 0 },
  storage: { ...system.storage, data: roomy, redis: roomy, history: roomy },
};

describe("the documented answers", () => {
  it("are read as they are documented", () => {
    expect(system.ingest).toEqual({
      since: 1763690000000,
      accepted: 50,
      duplicates: 1,
      rejected: { id: 1 },
    });
    const [first, second] = decodeDeadLetters(JSON.parse(golden("dead_letters"))).letters;
    expect([first?.notReplayable, second?.where]).toEqual([null, "viewers"]);
    expect(decodeReplayed(JSON.parse(golden("replayed"))).replayed).toBe(1);
  });

  it("are refused by the name of what lacks", () => {
    expect(() => decodeSystem({ ...JSON.parse(golden("system")), live: {} })).toThrow("system.live.clients");
  });
});

describe("alarms", () => {
  it("are none where all is well", () => {
    expect(alarmsOf(well)).toEqual([]);
  });

  it.each<[string, Partial<System>]>([
    ["redis is full", { reasons: ["redis is full"] }],
    ["flow_silent: x", { warnings: ["flow_silent: x"] }],
    ["check-history failed: away", { jobs: [{ ...job(), error: "away" }] }],
    ["12 dead letters wait", { dead: { count: 12 } }],
    ["1 dead letter waits", { dead: { count: 1 } }],
    [
      "ClickHouse fills: 700 MB",
      { storage: { ...well.storage, history: { free: 700 * 2 ** 20, total: 9e12 } } },
    ],
    ["differed from live counts for 3", { flows: [{ flow: "archive", values: { differences: 3 } }] }],
    ["has waited for 11 s", { shards: [{ shard: 0, readers: { raw: { lagMs: 11_000 } } }] }],
    [
      "has waited for 20 s",
      {
        shards: [
          {
            shard: 0,
            readers: { raw: { lagMs: 20_000 }, people: { lagMs: null } },
          },
        ],
      },
    ],
  ])("say: %s", (words, changed) => {
    const found = alarmsOf({ ...well, ...changed });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });
});

describe("figures", () => {
  it("add up what the processes of a flow say", () => {
    const flows = [
      { flow: "content", values: { late: 2 } },
      { flow: "content", values: { late: 3 } },
      { flow: "archive", values: { late: 9 } },
    ];
    expect(ofFlow({ ...system, flows }, "content", "late")).toBe(5);
    expect(rejectedOf({ ...system, ingest: { ...system.ingest, rejected: { id: 2, type: 3 } } })).toBe(5);
  });

  it("know no lag before every reader has begun", () => {
    expect(worstLag(system)).toBeNull();
    const readers = { content: { lagMs: 5 }, raw: { lagMs: 70 } };
    expect(worstLag({ ...system, shards: [{ shard: 0, readers }] })).toBe(70);
  });

  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1536, "1.5 KB"],
    [5 * 2 ** 30, "5.0 GB"],
    [2 ** 50, "1024 TB"],
  ])("say %d bytes as %s", (value, words) => expect(bytes(value)).toBe(words));

  it.each([
    [12, "12 ms"],
    [3500, "3.5 s"],
    [60_000, "60 s"],
    [600_000, "10 min"],
    [7_200_000, "2 h"],
  ])("say %d ms as %s", (value, words) => expect(span(value)).toBe(words));

  it("tell how a job went", () => {
    expect(lastRun({ ...job(), started: null })).toBe("has not run yet");
    expect(lastRun({ ...job(), ended: null })).toBe("runs now");
    expect(lastRun(job())).toBe("took 12 ms");
  });
});

describe("webhooks", () => {
  const [hook] = decodeWebhooks(JSON.parse(golden("webhooks")));
  const attempts = decodeAttempts(JSON.parse(golden("deliveries")));

  it("are told by host alone, for what follows it may be a secret", () => {
    expect(hostOf("https://hooks.example.org:8443/t0k3n?key=1")).toBe("hooks.example.org:8443");
    expect(hostOf("nowhere")).toBe("an address that is none");
  });

  it("say how they are and what came back last", () => {
    if (hook === undefined) throw new Error("the golden answer has a webhook");
    expect(stateWords(hook)).toBe("active, 0 pending, 1 dead");
    expect(stateWords({ ...hook, state: "disabled" })).toContain("ended by its receiver");
    expect(lastWords(attempts, "UTC")).toBe("Last: answered 204, in 43 ms, Jan 31, 2026, 12:00");
    expect(lastWords(attempts.slice(0, 1), "UTC")).toContain("Last: no answer within 15 s, in 15 s");
    expect(lastWords([], "UTC")).toBe("Nothing was sent yet.");
    expect([moreWords(20, 20), moreWords(21, 20)]).toEqual([
      "",
      "1 more webhook: streakline webhook list shows all.",
    ]);
  });
});

function job() {
  return { name: "check-history", started: 0, ended: 12, error: null };
}
