/** The OpenAPI document of the server, as far as the page shows it. */

import { type Members, record } from "@streakline/web";

export interface Parameter {
  readonly name: string;
  readonly within: "path" | "query";
  readonly words: string;
  /** The values there are; empty where any text may stand. */
  readonly choices: readonly string[];
}

export interface Operation {
  readonly id: string;
  /** In capitals. */
  readonly method: string;
  /** From the server's root with a slash before it, parts like `{id}` in it. */
  readonly path: string;
  readonly summary: string;
  /** Who may ask it. */
  readonly access: string;
  readonly parameters: readonly Parameter[];
  /** A body that it takes, as text; null where it reads none. */
  readonly example: string | null;
  /** Whether it only opens a websocket, which no form can. */
  readonly isSocket: boolean;
}

export interface Group {
  readonly name: string;
  readonly words: string;
  readonly operations: readonly Operation[];
}

const JSON_TYPE = "application/json";

/** Read an OpenAPI document; throws `WireError` where it is another thing. */
export function decodeGroups(body: unknown): readonly Group[] {
  const found = new Map<string, Operation[]>();
  const top = record(body, "document");
  for (const [path, methods] of Object.entries(record(top["paths"], "paths"))) {
    for (const [method, value] of Object.entries(record(methods, `paths.${path}`))) {
      const one = record(value, `paths.${path}.${method}`);
      const group = texts(one["tags"])[0] ?? "Others";
      const operations = found.get(group) ?? [];
      operations.push(operation(method.toUpperCase(), path, one));
      found.set(group, operations);
    }
  }
  const named = list(top["tags"]).map((tag) => record(tag, "tags"));
  const words = new Map(named.map((tag) => [text(tag["name"]), text(tag["description"])]));
  const order = [...words.keys(), ...[...found.keys()].filter((name) => !words.has(name))];
  return order.map((name) => ({
    name,
    words: words.get(name) ?? "",
    operations: found.get(name) ?? [],
  }));
}

function operation(method: string, path: string, one: Members): Operation {
  const where = `${method} ${path}`;
  const body = one["requestBody"];
  const content = body === undefined ? {} : record(record(body, where)["content"], where);
  const example = content[JSON_TYPE] === undefined ? undefined : record(content[JSON_TYPE], where)["example"];
  return {
    id: text(one["operationId"]) || where,
    method,
    path,
    summary: text(one["summary"]),
    access: text(one["description"]),
    parameters: list(one["parameters"]).map((value) => parameter(record(value, where))),
    example: body === undefined ? null : JSON.stringify(example ?? {}, null, 2),
    isSocket: "101" in record(one["responses"], where),
  };
}

function parameter(one: Members): Parameter {
  return {
    name: text(one["name"]),
    within: one["in"] === "path" ? "path" : "query",
    words: text(one["description"]),
    choices: texts(record(one["schema"] ?? {}, "schema")["enum"]),
  };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): readonly string[] {
  return list(value).filter((one) => typeof one === "string");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
