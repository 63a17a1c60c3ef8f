/** From a filled form to a request, and to the line of a shell that sends the same. */

import type { Operation } from "./document.ts";

/** What a form holds: parameters by name, and the body as text. */
export interface Filled {
  readonly values: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Made {
  readonly method: string;
  /** From the server's root, without a slash before it. */
  readonly path: string;
  readonly body: string | null;
}

/** How a shell names a token that is not to be seen. */
export const HIDDEN_TOKEN = "$STREAKLINE_TOKEN";

/** The names of the parts of the path that are still empty. */
export function missing(operation: Operation, { values }: Filled): readonly string[] {
  return operation.parameters
    .filter(({ name, within }) => within === "path" && !values[name])
    .map(({ name }) => name);
}

/** The request of a form; parameters that are empty are left out. */
export function requestOf(operation: Operation, { values, body }: Filled): Made {
  const path = operation.path.replace(/\{(\w+)\}/gu, (_, name: string) =>
    encodeURIComponent(values[name] ?? ""),
  );
  const query = operation.parameters
    .filter(({ name, within }) => within === "query" && values[name])
    .map(({ name }) => `${name}=${encodeURIComponent(values[name] ?? "")}`);
  return {
    method: operation.method,
    path: path.replace(/^\//u, "") + (query.length > 0 ? `?${query.join("&")}` : ""),
    body: operation.example === null ? null : body,
  };
}

/** Headers of a request. */
export function headersOf({ body }: Made, token: string | null): Readonly<Record<string, string>> {
  return {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body === null ? {} : { "content-type": "application/json" }),
  };
}

/** The line for a shell. A token is named by `HIDDEN_TOKEN` unless it is to be shown. */
export function curlOf(made: Made, address: string, token: string | null, shown: boolean): string {
  const parts = ["curl -i"];
  if (made.method !== "GET") parts.push(`-X ${made.method}`);
  parts.push(quoted(address));
  for (const [name, value] of Object.entries(headersOf(made, null)))
    parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (token !== null)
    parts.push(
      shown ? `-H ${quoted(`authorization: Bearer ${token}`)}` : `-H "authorization: Bearer ${HIDDEN_TOKEN}"`,
    );
  if (made.body !== null) parts.push(`--data-raw ${quoted(made.body)}`);
  return parts.join(" ");
}

/** A text that a POSIX shell reads as one word, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
