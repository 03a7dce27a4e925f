/** The stream of a class with a target rate in this thread: passes each start on to the pacer of the class's users. */
import { ArrivalShare } from "../../load/arrivals/arrival_share.ts";
import type { ArrivalStream, ClassArrivalCounts } from "../../protocol/arrivals_message.ts";
import type { WaitingArrival } from "./arrival_queue.ts";
import type { ClassPacer } from "./class_pacer.ts";

export class TargetDriver {
  readonly share: ArrivalShare;
  readonly #pacer: ClassPacer;

  constructor(stream: ArrivalStream, pacer: ClassPacer) {
    this.share = new ArrivalShare(stream);
    this.#pacer = pacer;
    this.update(stream);
  }

  /** Another share. */
  update(stream: ArrivalStream, grantedMs?: number): void {
    this.share.update(stream, grantedMs);
  }

  arrive(arrival: WaitingArrival): void {
    this.#pacer.arrive(arrival);
  }

  /** No task is started any more. */
  close(): void {
    this.share.clear();
    this.#pacer.close();
  }

  takeCounts(): ClassArrivalCounts {
    return this.#pacer.takeCounts();
  }

  reset(): void {
    this.#pacer.reset();
  }
}
