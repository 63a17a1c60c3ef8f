/** Why a connection ended: the codes a close frame may carry, and the client's own below 1000. */
export const CLOSE = {
  /** The page called `connect()`. */
  asked: 0,
  /** The page called `disconnect()`. */
  left: 1,
  /** No answer to a ping, or no open socket, in time. */
  silent: 2,
  normal: 1000,
  goingAway: 1001,
  /** The network broke: browsers report this when no close frame came. */
  broken: 1006,
  /** The server refuses what this page did; it would again. */
  refused: 1008,
  restarting: 1012,
  /** The client read too slowly for 15 s; it may come back and gets the newest state. */
  lagging: 4408,
} as const;

export interface CloseReason {
  readonly code: number;
  readonly reason: string;
}

const FINAL: ReadonlySet<number> = new Set([CLOSE.left, CLOSE.refused]);

/** Say whether trying again can help: not when the server refused for a reason that will not pass by itself. */
export function mayReconnect(code: number): boolean {
  return !FINAL.has(code);
}
