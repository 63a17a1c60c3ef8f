import { describe, expect, it } from "vitest";
import { type Answer, MOST, pretty, send } from "../../src/docs/answer.ts";
import { decodeGroups, type Operation } from "../../src/docs/document.ts";
import { curlOf, missing, requestOf } from "../../src/docs/request.ts";

const DOCUMENT = {
  tags: [
    { name: "Second", description: "in words" },
    { name: "First", description: "" },
  ],
  paths: {
    "/api/a/{id}": {
      put: {
        operationId: "put_a",
        summary: "Put one",
        description: "Needs the scope write.",
        tags: ["First"],
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "string" } },
          {
            name: "days",
            in: "query",
            description: "so many",
            schema: { type: "string", enum: ["7", "30"] },
          },
        ],
        requestBody: { content: { "application/json": { schema: {}, example: { title: "it's" } } } },
        responses: { "202": {} },
      },
    },
    "/api/live": { get: { operationId: "get_live", tags: ["Second"], responses: { "101": {} } } },
  },
};

function operation(): Operation {
  const found = decodeGroups(DOCUMENT)[1]?.operations[0];
  if (!found) throw new Error("the document has an operation");
  return found;
}

describe("decodeGroups", () => {
  it("reads operations by group, in the order of the tags", () => {
    const groups = decodeGroups(DOCUMENT);
    expect(groups.map(({ name, words }) => [name, words])).toEqual([
      ["Second", "in words"],
      ["First", ""],
    ]);
    expect(groups[0]?.operations.map(({ isSocket }) => isSocket)).toEqual([true]);
    expect(operation()).toMatchObject({
      method: "PUT",
      path: "/api/a/{id}",
      access: "Needs the scope write.",
      parameters: [
        { name: "id", within: "path", choices: [] },
        { name: "days", within: "query", words: "so many", choices: ["7", "30"] },
      ],
      example: '{\n  "title": "it\'s"\n}',
    });
  });

  it.each([null, [], { paths: [] }, { paths: { "/a": { get: 7 } } }])("refuses %j", (body) => {
    expect(() => decodeGroups(body)).toThrow("must be an object");
  });
});

describe("a request", () => {
  const values = { id: "a/b c", days: "" };

  it("encodes parts of the path and leaves out what is empty", () => {
    expect(requestOf(operation(), { values, body: "{}" })).toEqual({
      method: "PUT",
      path: "api/a/a%2Fb%20c",
      body: "{}",
    });
    const both = { values: { id: "x", days: "7 & 8" }, body: "" };
    expect(requestOf(operation(), both).path).toBe("api/a/x?days=7%20%26%208");
  });

  it("names the parts of the path that lack", () => {
    expect(missing(operation(), { values: {}, body: "" })).toEqual(["id"]);
    expect(missing(operation(), { values, body: "" })).toEqual([]);
  });

  it("is one line of a shell, whatever is in it, and hides the token", () => {
    const made = requestOf(operation(), { values, body: "it's $HOME\n`x`" });
    const line = curlOf(made, "http://h/api/a/a%2Fb%20c", "secret", false);
    expect(line).toBe(
      "curl -i -X PUT 'http://h/api/a/a%2Fb%20c' -H 'content-type: application/json' " +
        `-H "authorization: Bearer $STREAKLINE_TOKEN" --data-raw 'it'\\''s $HOME\n\`x\`'`,
    );
    expect(curlOf(made, "http://h", "secret", true)).toContain("'authorization: Bearer secret'");
    expect(curlOf(made, "http://h", null, true)).not.toContain("authorization");
  });
});

describe("send", () => {
  const made = { method: "GET", path: "api/x", body: null };

  async function told(response: Response, stop = new AbortController()): Promise<Answer[]> {
    const answers: Answer[] = [];
    await send(
      made,
      "t",
      stop.signal,
      (answer) => answers.push(answer),
      async () => response,
    );
    return answers;
  }

  it("tells head, headers and body", async () => {
    const answers = await told(Response.json({ a: 1 }, { status: 404, headers: { "x-y": "z" } }));
    expect(answers[0]?.state).toBe("coming");
    const last = answers.at(-1);
    expect(last).toMatchObject({ status: 404, body: '{"a":1}', bytes: 7, state: "whole" });
    expect(last?.headers).toContainEqual(["x-y", "z"]);
  });

  it("shows nothing of what is no text, and reads no more than it may", async () => {
    const type = { "content-type": "application/vnd.apache.parquet" };
    expect((await told(new Response("PAR1", { headers: type }))).at(-1)).toMatchObject({
      body: "",
      bytes: 4,
    });
    const long = await told(new Response("x".repeat(MOST + 1), { headers: { "content-type": "text/csv" } }));
    expect(long.at(-1)).toMatchObject({ state: "long", bytes: MOST + 1 });
  });

  it("keeps what came of an answer that was stopped", async () => {
    const stop = new AbortController();
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(new TextEncoder().encode("event: a\n")),
      pull: (stream) => {
        stop.abort();
        stream.error(new Error("aborted"));
      },
    });
    const answers = await told(
      new Response(body, { headers: { "content-type": "text/event-stream" } }),
      stop,
    );
    expect(answers.at(-1)).toMatchObject({ state: "stopped" });
  });
});

describe("pretty", () => {
  it("indents JSON and leaves everything else", () => {
    expect(pretty('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(pretty("a,b\n")).toBe("a,b\n");
  });
});
