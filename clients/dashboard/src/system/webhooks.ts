import type { Attempt, Webhook } from "@streakline/web";
import { counted, dayAndTime, whole } from "../format.ts";
import { span } from "./figures.ts";

/** The host that a webhook goes to; what follows it may be a secret. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return "an address that is none"; // written by hand into the file of the webhooks
  }
}

/** How a webhook is, and how many deliveries wait or were given up. */
export function stateWords({ state, pending, dead }: Webhook): string {
  const is = state === "disabled" ? "ended by its receiver" : state;
  return `${is}, ${whole(pending)} pending, ${whole(dead)} dead`;
}

/** What came back last, of the newest deliveries. */
export function lastWords(attempts: readonly Attempt[], zone: string): string {
  const last = attempts.reduce<Attempt | null>(
    (newest, one) => (newest === null || one.at > newest.at ? one : newest),
    null,
  );
  if (last === null) return "Nothing was sent yet.";
  const answer = last.status === null ? (last.error ?? "no answer") : `answered ${last.status}`;
  return `Last: ${answer}, in ${span(last.duration * 1000)}, ${dayAndTime(Date.parse(last.at), zone)}`;
}

/** How many webhooks are not shown. */
export function moreWords(all: number, shown: number): string {
  return all > shown ? `${counted(all - shown, "more webhook")}: streakline webhook list shows all.` : "";
}
