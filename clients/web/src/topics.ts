/** The data of the topics of the live socket, by the names on the wire. */

import type { Members } from "./reading.ts";

export interface PlayingItem {
  readonly contentId: string;
  readonly title: string;
  readonly listeners: number;
}

export interface TopItem {
  readonly contentId: string;
  readonly title: string;
  readonly plays: number;
}

/** `at` is the start of the minute in ms since 1970 UTC. */
export interface MinuteOfPlays {
  readonly at: number;
  readonly plays: number;
}

/** Counters by name: plays, likes, saves, shares, downloads, comments and what later versions add. */
export type Counters = Readonly<Record<string, number>>;

/** Topic `overview`: the whole site. */
export interface Overview {
  readonly activeUsers: number;
  readonly listenersLastHour: number;
  readonly playingNow: readonly PlayingItem[];
  /** Plays that go on at this moment; `playingNow` lists their content. */
  readonly runningPlays: number;
  readonly lastHour: Counters;
  /** Oldest first; the last is the running minute. */
  readonly perMinute: readonly MinuteOfPlays[];
  /** Lifetime counters. */
  readonly totals: Counters;
  /** From when on the live windows miss nothing, in ms; 0 when they are complete. */
  readonly since: number;
  /** True when a demo made the events up. */
  readonly generated: boolean;
}

/** Topic `top:plays`: the most played content of a range, most first. */
export interface TopPlays {
  readonly range: string;
  readonly items: readonly TopItem[];
}

/** Topic `content:ID`: one content. */
export interface Content {
  readonly contentId: string;
  /** Empty while the catalogue does not know it. */
  readonly title: string;
  readonly listeners: number;
  readonly lastHour: Counters;
  /** Oldest first; the last is the running minute. */
  readonly perMinute: readonly MinuteOfPlays[];
  /** Lifetime counters; a first snapshot lacks them while the server's store does not answer. */
  readonly totals?: Counters;
}

/** Topic `creator:ID`: the contents of a creator together. All but `creatorId` lack while the server does not know them. */
export interface Creator {
  readonly creatorId: string;
  /** The numbers are of those `followed`, of `total` contents. */
  readonly contents: { readonly followed: number; readonly total: number };
  readonly runningPlays: number;
  readonly playingNow: readonly PlayingItem[];
  /** The most played of the last hour. */
  readonly top: readonly TopItem[];
  readonly lastHour: Counters;
  /** Oldest first; the last is the running minute. */
  readonly perMinute: readonly MinuteOfPlays[];
  /** Lifetime counters. */
  readonly totals: Counters;
}

/** What a topic name says about its data. */
export type DataOf<Topic extends string> = Topic extends "overview"
  ? Overview
  : Topic extends "top:plays"
    ? TopPlays
    : Topic extends `content:${string}`
      ? Content
      : Topic extends `creator:${string}`
        ? Creator
        : Members;
