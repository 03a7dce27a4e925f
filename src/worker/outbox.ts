/**
 * What a worker has to say while it has no link. Most of it is said again anyway or is of no use later; what user code has said is
 * kept: `init` has its say before there is a link, and a link may be cut in the middle of a run.
 */
import type { Link } from "../link/link.ts";
import type { ToMaster, ToWorker } from "../protocol/worker_message.ts";

type MasterLink = Pick<Link<ToWorker, ToMaster>, "send">;

/** Messages that are kept: an outage must not fill the memory. */
const MAX_KEPT = 1000;

export class Outbox {
  readonly #kept: ToMaster[] = [];

  send(link: MasterLink | undefined, message: ToMaster): void {
    if (link !== undefined) return link.send(message);
    const isSaid = message.kind === "custom" || message.kind === "listenerFailed" || message.kind === "stopTest";
    if (isSaid && this.#kept.length < MAX_KEPT) this.#kept.push(message);
  }

  /** Says over a new link what was kept. */
  flush(link: MasterLink): void {
    for (const message of this.#kept.splice(0)) link.send(message);
  }
}
