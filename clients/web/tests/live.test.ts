import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Connection, LiveClient, type LiveOptions } from "../src/live.ts";
import type { Failure, Overview, WireError } from "../src/wire.ts";
import { FakeNetwork, message } from "./fake_transport.ts";
import { golden } from "./golden.ts";

let net: FakeNetwork;
let connections: Connection[];
let failures: Failure[];
let problems: WireError[];
let gaps: string[];
let clients: LiveClient[];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_763_700_000_000 });
  net = new FakeNetwork();
  [connections, failures, problems, gaps, clients] = [[], [], [], [], []];
});

afterEach(() => {
  for (const client of clients) client.disconnect();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function client(options: Partial<LiveOptions> = {}): LiveClient {
  const made = new LiveClient({
    transport: net.factory,
    token: "secret",
    random: () => 0.5,
    on: {
      connection: (connection) => connections.push(connection),
      failure: (failure) => failures.push(failure),
      problem: (problem) => problems.push(problem),
      gap: (topic) => gaps.push(topic),
    },
    ...options,
  });
  clients.push(made);
  return made;
}

function followed(live: LiveClient): Partial<Overview>[] {
  const seen: Partial<Overview>[] = [];
  live.subscribe("overview", (state) => seen.push(state.data));
  live.connect();
  net.last.opens();
  return seen;
}

const states = () => connections.map((connection) => connection.state);

describe("connecting", () => {
  it("sends the token in a message first, then subscribes to everything followed", () => {
    const live = client();
    live.subscribe("overview", () => {});
    live.subscribe("top:plays", () => {});
    live.connect();
    expect(states()).toEqual(["connecting"]);
    net.last.opens();
    expect(states()).toEqual(["connecting", "connected"]);
    expect(net.last.sent).toEqual([
      { type: "auth", token: "secret" },
      { type: "subscribe", topics: ["overview", "top:plays"] },
    ]);
  });

  it("subscribes at once when already connected and unsubscribes with the last listener", () => {
    const live = client();
    live.connect();
    net.last.opens();
    const [one, two] = [live.subscribe("overview", () => {}), live.subscribe("overview", () => {})];
    one();
    two();
    expect(net.last.sent.slice(1)).toEqual([
      { type: "subscribe", topics: ["overview"] },
      { type: "unsubscribe", topics: ["overview"] },
    ]);
  });

  it("gives up a socket that does not open in time and tries again", () => {
    client({ patience: 10_000 }).connect();
    const first = net.last;
    vi.advanceTimersByTime(10_000);
    expect(first.closedBy).toEqual({ code: 2, reason: "the socket did not open in time" });
    expect(connections.at(-1)).toMatchObject({ state: "connecting", retryAt: Date.now() + 250 });
    vi.advanceTimersByTime(250);
    expect(net.transports).toHaveLength(2);
  });
});

describe("topics", () => {
  it("hands on the snapshot, then each update merged member by member", () => {
    const seen = followed(client());
    net.last.says(golden("live_snapshot_overview"));
    net.last.says(golden("live_update_overview"));
    const [snapshot, update] = [golden("live_snapshot_overview"), golden("live_update_overview")].map(
      (text) => (JSON.parse(text) as { data: Partial<Overview> }).data,
    );
    expect(seen).toEqual([snapshot, { ...snapshot, ...update }]);
  });

  it("removes a member that an update sets to null", () => {
    const seen = followed(client());
    net.last.says(message("snapshot", "1-0", { activeUsers: 1, since: 9 }));
    net.last.says(message("update", "2-0", { since: null }));
    expect(seen.at(-1)).toEqual({ activeUsers: 1 });
  });

  it("ignores an update older than what it has", () => {
    const seen = followed(client());
    net.last.says(message("snapshot", "10-0", { activeUsers: 1 }));
    net.last.says(message("update", "9-0", { activeUsers: 7 }));
    expect(seen).toEqual([{ activeUsers: 1 }]);
  });

  it("asks for a snapshot once when an update belongs to an epoch it does not have", () => {
    const seen = followed(client());
    net.last.says(message("snapshot", "1-0", { activeUsers: 1 }));
    net.last.sent.length = 0;
    net.last.says(message("update", "2-0", { activeUsers: 2 }, "other"));
    net.last.says(message("update", "3-0", { activeUsers: 3 }, "other"));
    expect(net.last.sent).toEqual([
      { type: "unsubscribe", topics: ["overview"] },
      { type: "subscribe", topics: ["overview"] },
    ]);
    net.last.says(message("snapshot", "3-0", { activeUsers: 3 }, "other"));
    expect(seen).toEqual([{ activeUsers: 1 }, { activeUsers: 3 }]);
  });

  it("gives a late listener what is known already", () => {
    const live = client();
    followed(live);
    net.last.says(message("snapshot", "1-0", { activeUsers: 4 }));
    const listener = vi.fn();
    live.subscribe("overview", listener);
    expect(listener).toHaveBeenCalledWith({ topic: "overview", data: { activeUsers: 4 }, at: Date.now() });
  });

  it("reports a failure and a broken message and goes on", () => {
    const seen = followed(client());
    net.last.says(golden("live_error"));
    net.last.says(message("snapshot", "1-0", { activeUsers: "many" }));
    net.last.says(message("snapshot", "1-0", { activeUsers: 5 }));
    expect(failures).toEqual([JSON.parse(golden("live_error"))]);
    expect(problems.map(String)).toEqual(['WireError: data.activeUsers must be a number, found "many"']);
    expect(seen).toEqual([{ activeUsers: 5 }]);
  });
});

describe("coming back", () => {
  it("resumes each topic from its cursor and keeps the data meanwhile", () => {
    const seen = followed(client());
    net.last.says(golden("live_snapshot_overview"));
    net.last.breaks(1006);
    vi.advanceTimersByTime(250);
    net.last.opens();
    expect(net.last.sent.at(-1)).toEqual({
      type: "subscribe",
      topics: ["overview"],
      since: { overview: { epoch: "k3v9", seq: "1763700000000-3" } },
    });
    net.last.says(golden("live_resumed"));
    net.last.says(golden("live_update_overview"));
    expect(seen.at(-1)).toMatchObject({ activeUsers: 43, listenersLastHour: 318 });
    expect(gaps).toEqual([]);
  });

  it("says so when the server could not fill the gap, and takes its snapshot", () => {
    const seen = followed(client());
    net.last.says(message("snapshot", "1-0", { activeUsers: 1, since: 1 }));
    net.last.breaks(1012);
    vi.advanceTimersByTime(250);
    net.last.opens();
    net.last.says({ type: "resumed", topic: "overview", recovered: false });
    net.last.says(message("snapshot", "1-0", { activeUsers: 2 }, "new"));
    expect(gaps).toEqual(["overview"]);
    expect(seen.at(-1)).toEqual({ activeUsers: 2 });
  });

  it("waits longer each time until a message arrives", () => {
    client().connect();
    const waits = [0, 1, 2].map(() => {
      net.last.breaks(1006);
      const wait = retryIn();
      vi.advanceTimersByTime(wait);
      return wait;
    });
    expect(waits).toEqual([250, 500, 1000]);
    net.last.opens();
    net.last.says({ type: "pong" });
    net.last.breaks(1006);
    expect(retryIn()).toBe(250);
  });

  it("does not take an open socket alone for a recovered server", () => {
    client().connect();
    net.last.opens();
    net.last.breaks(1012);
    vi.advanceTimersByTime(250);
    net.last.opens();
    net.last.breaks(1012);
    expect(retryIn()).toBe(500);
  });

  it("tries at once when asked", () => {
    const live = client();
    live.connect();
    net.last.breaks(1006);
    live.retry();
    live.retry();
    expect(net.transports).toHaveLength(2);
  });

  it("stays away after the close code of a refusal", () => {
    client().connect();
    net.last.opens();
    net.last.breaks(1008, "no such thing");
    expect(connections.at(-1)).toEqual({ state: "disconnected", code: 1008, reason: "no such thing" });
    vi.advanceTimersByTime(120_000);
    expect(net.transports).toHaveLength(1);
  });

  it.each([1000, 1001, 1006, 1012, 4408])("comes back after close code %i", (code) => {
    client().connect();
    net.last.opens();
    net.last.breaks(code);
    expect(connections.at(-1)).toMatchObject({ state: "connecting", code });
  });

  it("does not listen to a socket it gave up", () => {
    const seen = followed(client());
    const first = net.last;
    first.breaks(1006);
    first.says(message("snapshot", "1-0", { activeUsers: 1 }));
    first.breaks(1006);
    expect(seen).toEqual([]);
    expect(states()).toEqual(["connecting", "connected", "connecting"]);
  });
});

describe("what the client says", () => {
  it("is what the golden messages say", () => {
    const said = (name: string): unknown => JSON.parse(golden(name));
    const live = client({ token: (said("client_auth") as { token: string }).token });
    live.subscribe("overview", () => {});
    const leave = live.subscribe("top:plays", () => {});
    live.connect();
    net.last.opens();
    net.last.says(golden("live_snapshot_overview"));
    net.last.breaks(1001);
    vi.advanceTimersByTime(250);
    net.last.opens();
    leave();
    vi.advanceTimersByTime(20_000);
    expect(net.last.sent).toEqual(
      ["client_auth", "client_subscribe", "client_unsubscribe", "client_ping"].map(said),
    );
  });
});

describe("heartbeat", () => {
  it("pings after silence and stays when anything answers", () => {
    client().connect();
    net.last.opens();
    vi.advanceTimersByTime(20_000);
    expect(net.last.sent.at(-1)).toEqual({ type: "ping" });
    net.last.says(golden("live_pong"));
    vi.advanceTimersByTime(19_999);
    expect(states()).toEqual(["connecting", "connected"]);
  });

  it("takes an unanswered ping for a dead socket", () => {
    client().connect();
    const first = net.last;
    first.opens();
    vi.advanceTimersByTime(30_000);
    expect(first.closedBy).toEqual({ code: 2, reason: "no answer to a ping" });
    expect(connections.at(-1)).toMatchObject({ state: "connecting", code: 2 });
  });
});

describe("disconnect", () => {
  it("closes the socket, stops every timer and can connect again", () => {
    const live = client();
    live.connect();
    net.last.opens();
    live.disconnect();
    expect(net.last.closedBy?.reason).toBe("disconnect called");
    expect(vi.getTimerCount()).toBe(0);
    live.connect();
    expect(states()).toEqual(["connecting", "connected", "disconnected", "connecting"]);
  });
});

function retryIn(): number {
  const connection = connections.at(-1);
  if (connection?.state !== "connecting" || connection.retryAt === null) throw new Error("no retry is due");
  return connection.retryAt - Date.now();
}
