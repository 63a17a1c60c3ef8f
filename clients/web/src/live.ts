import { CLOSE, type CloseReason, mayReconnect } from "./codes.ts";
import type { Transport, TransportFactory } from "./transport.ts";
import {
  applied,
  type ClientMessage,
  type Cursor,
  compareSeq,
  type DataOf,
  decode,
  encode,
  type Failure,
  type Members,
  type Resumed,
  type ServerMessage,
  type Snapshot,
  type Update,
  WireError,
} from "./wire.ts";

/**
 * The three states of a connection; each change carries the code and the reason that led to it.
 *
 * disconnected -> connecting   connect()
 * connecting   -> connected    the socket opened
 * connected    -> connecting   it closed and trying again can help; `retryAt` says when
 * any          -> disconnected disconnect(), or a close code that will not pass by itself
 */
export type Connection = CloseReason &
  (
    | { readonly state: "disconnected" }
    /** `attempt` counts from 0; `retryAt` is in ms, null while a socket is opening. */
    | { readonly state: "connecting"; readonly attempt: number; readonly retryAt: number | null }
    | { readonly state: "connected" }
  );

/** All that is known of a topic. `data` lacks the members the server has not sent. */
export interface TopicState<Topic extends string> {
  readonly topic: Topic;
  readonly data: Partial<DataOf<Topic>>;
  /** When it arrived, in ms by this machine's clock. */
  readonly at: number;
}

export interface LiveEvents {
  connection?: (connection: Connection) => void;
  /** The server said no to something, by code. */
  failure?: (failure: Failure) => void;
  /** The server could not fill the gap of a lost connection; its newest state follows. */
  gap?: (topic: string) => void;
  /** Any message at all came: the connection is alive at `at` ms. */
  heard?: (at: number) => void;
  /** A message that breaks the protocol; it was passed over. */
  problem?: (error: WireError) => void;
}

export interface LiveOptions {
  readonly transport: TransportFactory;
  /** Bearer token; without one only public topics answer. */
  readonly token?: string;
  readonly on?: LiveEvents;
  /** First delay before trying again, doubled each time, in ms. Default 500. */
  readonly minDelay?: number;
  /** Longest delay before trying again, in ms. Default 20,000. */
  readonly maxDelay?: number;
  /** Silence after which a ping is sent, in ms. Default 20,000: below the server's heartbeat of 25 s. */
  readonly pingAfter?: number;
  /** How long a socket may take to open, or a ping to be answered, in ms. Default 10,000. */
  readonly patience?: number;
  readonly now?: () => number;
  /** From 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}

interface Topic {
  data: Members;
  cursor: Cursor | null;
  readonly listeners: Set<(state: TopicState<string>) => void>;
  at: number;
}

const DEFAULTS = { minDelay: 500, maxDelay: 20_000, pingAfter: 20_000, patience: 10_000 };

/** The live socket: keeps itself connected and each subscribed topic up to date. */
export class LiveClient {
  readonly #options: LiveOptions & typeof DEFAULTS;
  readonly #topics = new Map<string, Topic>();
  #connection: Connection = { state: "disconnected", code: CLOSE.left, reason: "not started" };
  #transport: Transport | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;

  constructor(options: LiveOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  get connection(): Connection {
    return this.#connection;
  }

  connect(): void {
    if (this.#connection.state !== "disconnected") return;
    this.#attempt = 0;
    this.#open({ code: CLOSE.asked, reason: "connect called" });
  }

  disconnect(): void {
    if (this.#connection.state === "disconnected") return;
    this.#end({ code: CLOSE.left, reason: "disconnect called" });
  }

  /** Try again at once when a retry is due later: the network came back, or the reader asked. */
  retry(): void {
    const waiting = this.#connection.state === "connecting" && this.#connection.retryAt !== null;
    if (waiting) this.#open({ code: CLOSE.asked, reason: "retry called" });
  }

  /** Follow a topic; the listener gets what is known at once and every change. Call the answer to stop. */
  subscribe<Name extends string>(name: Name, listener: (state: TopicState<Name>) => void): () => void {
    const topic = this.#topics.get(name) ?? this.#added(name);
    // decode() checked the data against the topic's name
    const heard = listener as (state: TopicState<string>) => void;
    topic.listeners.add(heard);
    if (topic.cursor) heard({ topic: name, data: topic.data, at: topic.at });
    return () => this.#leave(name, topic, heard);
  }

  #added(name: string): Topic {
    const topic: Topic = { data: {}, cursor: null, listeners: new Set(), at: 0 };
    this.#topics.set(name, topic);
    if (this.#connection.state === "connected") this.#send({ type: "subscribe", topics: [name] });
    return topic;
  }

  #leave(name: string, topic: Topic, listener: (state: TopicState<string>) => void): void {
    topic.listeners.delete(listener);
    if (topic.listeners.size > 0 || this.#topics.get(name) !== topic) return;
    this.#topics.delete(name);
    if (this.#connection.state === "connected") this.#send({ type: "unsubscribe", topics: [name] });
  }

  #open(why: CloseReason): void {
    const transport = this.#options.transport();
    this.#transport = transport;
    this.#become({ state: "connecting", attempt: this.#attempt, retryAt: null, ...why });
    this.#after(this.#options.patience, () => this.#lost(transport, SILENT.opening));
    transport.open({
      opened: () => this.#ifCurrent(transport, () => this.#opened()),
      received: (text) => this.#ifCurrent(transport, () => this.#received(text)),
      closed: (closed) => this.#ifCurrent(transport, () => this.#lost(transport, closed)),
    });
  }

  /** A socket that was given up may still speak; nobody listens to it any more. */
  #ifCurrent(transport: Transport, act: () => void): void {
    if (this.#transport === transport) act();
  }

  #opened(): void {
    this.#become({ state: "connected", code: CLOSE.normal, reason: "socket open" });
    this.#pingLater();
    if (this.#options.token !== undefined) this.#send({ type: "auth", token: this.#options.token });
    if (this.#topics.size > 0) this.#send(subscription(this.#topics));
  }

  #received(text: string): void {
    this.#attempt = 0;
    this.#pingLater();
    this.#options.on?.heard?.(this.#now());
    try {
      this.#handle(decode(text));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#options.on?.problem?.(error);
    }
  }

  #handle(message: ServerMessage): void {
    switch (message.type) {
      case "snapshot":
        return this.#replaced(message);
      case "update":
        return this.#updated(message);
      case "resumed":
        return this.#resumed(message);
      case "error":
        return this.#options.on?.failure?.(message);
      case "pong":
      case "unknown":
        return;
    }
  }

  #replaced(message: Snapshot): void {
    const topic = this.#topics.get(message.topic);
    if (topic) this.#keep(topic, message, applied<Members>({}, message.data as Members));
  }

  #updated(message: Update): void {
    const topic = this.#topics.get(message.topic);
    if (!topic) return;
    if (topic.cursor?.epoch !== message.epoch) return this.#askAgain(message.topic, topic);
    if (compareSeq(message.seq, topic.cursor.seq) < 0) return;
    this.#keep(topic, message, applied<Members>(topic.data, message.data as Members));
  }

  #resumed(message: Resumed): void {
    if (!message.recovered) this.#options.on?.gap?.(message.topic);
  }

  #keep(topic: Topic, message: Snapshot | Update, data: Members): void {
    topic.cursor = { epoch: message.epoch, seq: message.seq };
    topic.data = data;
    topic.at = this.#now();
    for (const listener of topic.listeners) listener({ topic: message.topic, data, at: topic.at });
  }

  /** An update of a state this client does not have: only a snapshot helps. Asked once per epoch seen. */
  #askAgain(name: string, topic: Topic): void {
    if (topic.cursor === null) return;
    topic.cursor = null;
    this.#send({ type: "unsubscribe", topics: [name] });
    this.#send({ type: "subscribe", topics: [name] });
  }

  #pingLater(): void {
    this.#after(this.#options.pingAfter, () => {
      const transport = this.#transport;
      this.#send({ type: "ping" });
      this.#after(this.#options.patience, () => transport && this.#lost(transport, SILENT.ping));
    });
  }

  #lost(transport: Transport, why: CloseReason): void {
    this.#transport = null;
    transport.close(why);
    if (!mayReconnect(why.code)) return this.#end(why);
    const delay = backoff(this.#attempt, this.#options);
    this.#attempt += 1;
    this.#become({
      state: "connecting",
      attempt: this.#attempt,
      retryAt: this.#now() + delay,
      ...why,
    });
    this.#after(delay, () => this.#open(why));
  }

  #end(why: CloseReason): void {
    clearTimeout(this.#timer);
    const transport = this.#transport;
    this.#transport = null;
    transport?.close(why);
    this.#become({ state: "disconnected", ...why });
  }

  #become(connection: Connection): void {
    this.#connection = connection;
    this.#options.on?.connection?.(connection);
  }

  #send(message: ClientMessage): void {
    this.#transport?.send(encode(message));
  }

  /** One timer serves all: waiting to open, to ping, for a pong, to try again never overlap. */
  #after(delay: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, delay);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

const SILENT = {
  opening: { code: CLOSE.silent, reason: "the socket did not open in time" },
  ping: { code: CLOSE.silent, reason: "no answer to a ping" },
} satisfies Record<string, CloseReason>;

function subscription(topics: ReadonlyMap<string, Topic>): ClientMessage {
  const since: Record<string, Cursor> = {};
  for (const [name, topic] of topics) if (topic.cursor) since[name] = topic.cursor;
  const names = [...topics.keys()];
  return Object.keys(since).length > 0
    ? { type: "subscribe", topics: names, since }
    : { type: "subscribe", topics: names };
}

/**
 * Exponential with full jitter, in ms, so that ten thousand pages do not come back in the same second
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). Never below a fifth of the first delay.
 */
export function backoff(
  attempt: number,
  limits: { readonly minDelay: number; readonly maxDelay: number; readonly random?: () => number },
): number {
  const ceiling = Math.min(limits.maxDelay, limits.minDelay * 2 ** Math.min(attempt, 16));
  return Math.max(limits.minDelay / 5, (limits.random ?? Math.random)() * ceiling);
}
