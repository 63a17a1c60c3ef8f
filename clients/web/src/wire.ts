/**
 * The messages of the live socket, and the one place where `unknown` becomes typed.
 *
 * Field names are those on the wire (docs/wire-protocol.md). Every message the server may send has a golden file in
 * tests/golden/wire, which the Python tests read too.
 */

import {
  boolean,
  isRecord,
  list,
  type Members,
  mapped,
  member,
  number,
  parsed,
  type Read,
  record,
  string,
  WireError,
} from "./reading.ts";
import type {
  Content,
  Counters,
  Creator,
  DataOf,
  MinuteOfPlays,
  Overview,
  PlayingItem,
  TopItem,
  TopPlays,
} from "./topics.ts";

export type { Content, Counters, Creator, DataOf, MinuteOfPlays, Overview, PlayingItem, TopItem, TopPlays };
export { type Members, WireError };

/** Members of a topic's data that changed: each replaces the whole member, null removes it. */
export type Changes<T> = { readonly [K in keyof T]?: T[K] | null };

/** Where a topic stands: `seq` counts within `epoch` and is compared by its two numbers, never as text. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: string;
}

/** A change of one topic; `topic` tells the type of `data`. */
export type TopicChange =
  | { readonly topic: "overview"; readonly data: Changes<Overview> }
  | { readonly topic: "top:plays"; readonly data: Changes<TopPlays> }
  | { readonly topic: `content:${string}`; readonly data: Changes<Content> }
  | { readonly topic: `creator:${string}`; readonly data: Changes<Creator> }
  | { readonly topic: `user:${string}` | "alerts"; readonly data: Members };

export type Snapshot = { readonly type: "snapshot" } & Cursor & TopicChange;
export type Update = { readonly type: "update" } & Cursor & TopicChange;

export interface Resumed {
  readonly type: "resumed";
  readonly topic: string;
  /** False when the server could not fill the gap; a snapshot follows. */
  readonly recovered: boolean;
}

export interface Failure {
  readonly type: "error";
  readonly code: string;
  readonly message: string;
  /** The topic the error is about, where it is about one. */
  readonly topic?: string;
}

export interface Pong {
  readonly type: "pong";
}

/** A type or topic that a newer server sends and this client may pass over. */
export interface Unknown {
  readonly type: "unknown";
  readonly named: string;
}

export type ServerMessage = Snapshot | Update | Resumed | Failure | Pong | Unknown;

export type ClientMessage =
  | { readonly type: "auth"; readonly token: string }
  | {
      readonly type: "subscribe";
      readonly topics: readonly string[];
      readonly since?: Readonly<Record<string, Cursor>>;
    }
  | { readonly type: "unsubscribe"; readonly topics: readonly string[] }
  | { readonly type: "ping" };

/**
 * Read one frame of the socket.
 *
 * @throws {WireError} when a known message lacks a member or has one of another type.
 */
export function decode(text: string): ServerMessage {
  const message = record(parsed(text), "message");
  const type = string(message["type"], "type");
  switch (type) {
    case "snapshot":
    case "update":
      return topicMessage(type, message);
    case "resumed":
      return {
        type,
        topic: string(message["topic"], "topic"),
        recovered: boolean(message["recovered"], "recovered"),
      };
    case "error":
      return failure(message);
    case "pong":
      return { type };
    default:
      return { type: "unknown", named: `message ${type}` };
  }
}

export function encode(message: ClientMessage): string {
  return JSON.stringify(message);
}

/** Compare two `seq` by their parts: below zero when `a` is older. */
export function compareSeq(a: string, b: string): number {
  const [aMs, aN] = seqParts(a);
  const [bMs, bN] = seqParts(b);
  return aMs - bMs || aN - bN;
}

/** The data after a change: members replaced, those set to null gone. */
export function applied<T extends object>(current: Partial<T>, changes: Changes<T>): Partial<T> {
  const next: Record<string, unknown> = { ...current };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined) delete next[name];
    else next[name] = value;
  }
  return next as Partial<T>;
}

/** Definitions of the numbers, `GET /api/live/definitions`: name to one sentence. */
export function decodeDefinitions(body: unknown): Readonly<Record<string, string>> {
  const names = record(body, "definitions");
  const listed = isRecord(names["definitions"]) ? names["definitions"] : names;
  return mapped(listed, "definitions", string);
}

const OVERVIEW: { readonly [K in keyof Overview]: Read<Overview[K]> } = {
  activeUsers: number,
  listenersLastHour: number,
  playingNow: list((item, path) => ({
    ...named(item, path),
    listeners: member(item, path, "listeners", number),
  })),
  runningPlays: number,
  lastHour: counters,
  perMinute: list((item, path) => ({
    at: member(item, path, "at", number),
    plays: member(item, path, "plays", number),
  })),
  totals: counters,
  since: number,
  generated: boolean,
};

const TOP_PLAYS: { readonly [K in keyof TopPlays]: Read<TopPlays[K]> } = {
  range: string,
  items: list((item, path) => ({ ...named(item, path), plays: member(item, path, "plays", number) })),
};

const CONTENT: { readonly [K in keyof Content]-?: Read<NonNullable<Content[K]>> } = {
  contentId: string,
  title: string,
  listeners: number,
  lastHour: counters,
  perMinute: OVERVIEW.perMinute,
  totals: counters,
};

const CREATOR: { readonly [K in keyof Creator]: Read<Creator[K]> } = {
  creatorId: string,
  contents: (value, path) => ({
    followed: member(value, path, "followed", number),
    total: member(value, path, "total", number),
  }),
  runningPlays: number,
  playingNow: OVERVIEW.playingNow,
  top: TOP_PLAYS.items,
  lastHour: counters,
  perMinute: OVERVIEW.perMinute,
  totals: counters,
};

function topicMessage(type: "snapshot" | "update", message: Members): ServerMessage {
  const topic = string(message["topic"], "topic");
  const cursor = { epoch: string(message["epoch"], "epoch"), seq: seq(message["seq"]) };
  const data = record(message["data"], "data");
  if (topic === "overview") return { type, ...cursor, topic, data: changes(data, OVERVIEW) };
  if (topic === "top:plays") return { type, ...cursor, topic, data: changes(data, TOP_PLAYS) };
  if (isContentTopic(topic)) return { type, ...cursor, topic, data: changes(data, CONTENT) };
  if (isCreatorTopic(topic)) return { type, ...cursor, topic, data: changes(data, CREATOR) };
  if (isOpenTopic(topic)) return { type, ...cursor, topic, data };
  return { type: "unknown", named: `topic ${topic}` };
}

function failure(message: Members): Failure {
  const code = string(message["code"], "code");
  const text = string(message["message"], "message");
  const topic = message["topic"];
  return typeof topic === "string"
    ? { type: "error", code, message: text, topic }
    : { type: "error", code, message: text };
}

function isContentTopic(topic: string): topic is `content:${string}` {
  return /^content:./u.test(topic);
}

function isCreatorTopic(topic: string): topic is `creator:${string}` {
  return /^creator:./u.test(topic);
}

function isOpenTopic(topic: string): topic is "alerts" | `user:${string}` {
  return topic === "alerts" || /^user:./u.test(topic);
}

/** Keep the members this version knows, each checked; members it does not know are passed over. */
function changes<T extends object>(
  data: Members,
  reads: { readonly [K in keyof T]: Read<T[K]> },
): Changes<T> {
  const kept: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(reads) as [string, Read<unknown>][]) {
    const value = data[name];
    if (value !== undefined) kept[name] = value === null ? null : read(value, `data.${name}`);
  }
  return kept as Changes<T>;
}

function seqParts(text: string): [number, number] {
  const [ms = "0", n = "0"] = text.split("-");
  return [Number(ms), Number(n)];
}

function seq(value: unknown): string {
  const text = string(value, "seq");
  if (!/^\d+-\d+$/u.test(text)) throw new WireError("seq", 'two numbers such as "1763700000000-3"', value);
  return text;
}

/** An item of a list of content; a title the catalogue does not know yet is its id. */
function named(item: unknown, path: string): { contentId: string; title: string } {
  const contentId = member(item, path, "contentId", string);
  const title = record(item, path)["title"];
  return { contentId, title: typeof title === "string" && title !== "" ? title : contentId };
}

function counters(value: unknown, path: string): Counters {
  return mapped(record(value, path), path, number);
}
