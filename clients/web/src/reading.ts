/** From `unknown` to typed, member by member; what does not fit is named by its path. */

/** An object whose members nobody has looked at yet. */
export type Members = Readonly<Record<string, unknown>>;

/** Reads a value found at a path. */
export type Read<T> = (value: unknown, path: string) => T;

/** A message that is not what the protocol promises; names the member and shows what was there. */
export class WireError extends Error {
  override readonly name = "WireError";

  constructor(path: string, wanted: string, found: unknown) {
    super(`${path} must be ${wanted}, found ${shown(found)}`);
  }
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireError("message", "JSON", text);
  }
}

export function mapped<T>(value: Members, path: string, read: Read<T>): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, read(inner, `${path}.${name}`)]),
  );
}

export function member<T>(value: unknown, path: string, name: string, read: Read<T>): T {
  return read(record(value, path)[name], `${path}.${name}`);
}

export function list<T>(read: Read<T>): Read<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new WireError(path, "a list", value);
    return value.map((item: unknown, index) => read(item, `${path}[${index}]`));
  };
}

export function record(value: unknown, path: string): Members {
  if (!isRecord(value)) throw new WireError(path, "an object", value);
  return value;
}

export function isRecord(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function string(value: unknown, path: string): string {
  if (typeof value !== "string") throw new WireError(path, "text", value);
  return value;
}

export function number(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new WireError(path, "a number", value);
  return value;
}

export function boolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new WireError(path, "true or false", value);
  return value;
}

/** Reads some members of an object that are all of one kind. */
export function all<N extends string, T>(names: readonly N[], read: Read<T>): Read<Readonly<Record<N, T>>> {
  return (value, at) =>
    Object.fromEntries(names.map((name) => [name, member(value, at, name, read)])) as Record<N, T>;
}

/** Reads a value that may be null. */
export function orNull<T>(read: Read<T>): Read<T | null> {
  return (value, at) => (value === null ? null : read(value, at));
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
