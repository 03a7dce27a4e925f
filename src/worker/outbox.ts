/**
 * Keeps messages of a worker that has no link. Most messages are repeated on the next link or are of no use by then.
 * Messages of user code are kept: an `init` listener runs before there is a link, and a link may break in the middle of
 * a run.
 */
import type { Link } from "../link/link.ts";
import type { UserMessage } from "../protocol/user_message.ts";
import type { ToMaster, ToWorker } from "../protocol/worker_message.ts";

type MasterLink = Pick<Link<ToWorker, ToMaster>, "send">;

/** Messages that are kept: an outage must not fill the memory. */
const MAX_KEPT = 1000;

/**
 * Whether an outage delays a message of user code or drops it. Log lines are in the worker's own log; reports are of
 * their second; questions are kept elsewhere (`pending_asks.ts`).
 */
const IN_AN_OUTAGE: { readonly [Kind in UserMessage["kind"]]: "kept" | "dropped" } = {
  custom: "kept",
  listenerFailed: "kept",
  stopTest: "kept",
  log: "dropped",
  report: "dropped",
  ask: "dropped",
  withdraw: "dropped",
};

export class Outbox {
  readonly #kept: ToMaster[] = [];

  send(link: MasterLink | undefined, message: ToMaster): void {
    if (link !== undefined) return link.send(message);
    const isKept = message.kind === "userMessage" && IN_AN_OUTAGE[message.message.kind] === "kept";
    if (isKept && this.#kept.length < MAX_KEPT) this.#kept.push(message);
  }

  /** Sends over a new link what was kept. */
  flush(link: MasterLink): void {
    for (const message of this.#kept.splice(0)) link.send(message);
  }
}
