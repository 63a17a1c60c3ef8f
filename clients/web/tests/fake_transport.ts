/**
 * A transport that a test drives by hand. To use it: `const net = new FakeNetwork()`, give `net.factory` to the client,
 * then, most common first: `net.last.opens()`, `net.last.says(message)`, `net.last.breaks(code)`, `net.last.sent`.
 */
import type { CloseReason } from "../src/codes.ts";
import type { Transport, TransportEvents, TransportFactory } from "../src/transport.ts";

export class FakeTransport implements Transport {
  readonly sent: unknown[] = [];
  closedBy: CloseReason | null = null;
  #events: TransportEvents | null = null;

  open(events: TransportEvents): void {
    this.#events = events;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(why: CloseReason): void {
    this.closedBy = why;
  }

  opens(): void {
    this.#events?.opened();
  }

  says(message: unknown): void {
    this.#events?.received(typeof message === "string" ? message : JSON.stringify(message));
  }

  breaks(code: number, reason = ""): void {
    this.#events?.closed({ code, reason });
  }
}

export class FakeNetwork {
  readonly transports: FakeTransport[] = [];

  readonly factory: TransportFactory = () => {
    const transport = new FakeTransport();
    this.transports.push(transport);
    return transport;
  };

  get last(): FakeTransport {
    const transport = this.transports.at(-1);
    if (!transport) throw new Error("the client has opened no transport yet");
    return transport;
  }
}

/** A message of the topic `overview`, as the server says it. */
export function message(type: "snapshot" | "update", seq: string, data: unknown, epoch = "first"): unknown {
  return { type, topic: "overview", epoch, seq, data };
}
