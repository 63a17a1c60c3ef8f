import type { CloseReason } from "./codes.ts";

export interface TransportEvents {
  readonly opened: () => void;
  readonly received: (text: string) => void;
  /** Called once, whoever closed. */
  readonly closed: (why: CloseReason) => void;
}

/** One connection, used once. Tests give their own; the browser's is `websocket`. */
export interface Transport {
  open(events: TransportEvents): void;
  send(text: string): void;
  close(why: CloseReason): void;
}

export type TransportFactory = () => Transport;

const SUBPROTOCOL = "streakline.v1";

/** The browser's socket. The token goes in a message, never in the address. */
export function websocket(url: string, Socket: typeof WebSocket = WebSocket): TransportFactory {
  return () => {
    let socket: WebSocket | undefined;
    return {
      open(events) {
        socket = new Socket(url, SUBPROTOCOL);
        socket.onopen = () => events.opened();
        socket.onmessage = (message: MessageEvent<unknown>) => events.received(String(message.data));
        socket.onclose = (close) => events.closed({ code: close.code, reason: close.reason });
      },
      send(text) {
        socket?.send(text);
      },
      close(why) {
        // a page may only send 1000 or 3000-4999
        socket?.close(1000, why.reason.slice(0, 100));
      },
    };
  };
}
