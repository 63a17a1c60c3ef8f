import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../../tests/golden/wire/", import.meta.url);

/** The text of a message both test suites agree on, from tests/golden/wire. */
export function golden(name: string): string {
  return readFileSync(new URL(`${name}.json`, FOLDER), "utf8");
}

/** Names of the golden messages that the server sends on the live socket. */
export function goldenNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => /^live_(snapshot|update|resumed|error|pong).*\.json$/u.test(file))
    .map((file) => file.replace(/\.json$/u, ""))
    .sort();
}
