/**
 * Says what a worker sees of a line that lets little or nothing large through: where packets of full size are lost, small messages come
 * through and keep the link alive, or let it be dialled again and again. It decides what to say; it has no link of its own.
 */
import type { LinkEnd } from "../link/link.ts";

/** A warning is worth it about a line that has not brought the figures of a second to the master for so long, or its acknowledgement back. */
const UNCONFIRMED_MS = 15_000;
const LOOK_MS = 1000;

export class LineWatch {
  readonly #warn: (line: string) => void;
  #isFileDue = false;
  #isTold = false;
  /** Looks in a row at figures that wait: a process that was suspended looked at nothing. */
  #looks = 0;

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  /** The worker has a new link, and has asked for the master's locustfile on it, or needs none. */
  joined(file: "asked" | "here"): void {
    this.#isFileDue = file === "asked";
    this.#isTold = false;
  }

  /** The locustfile is here. */
  fileCame(): void {
    this.#isFileDue = false;
  }

  /** The end of the link with what was on its way. */
  describeEnd(end: LinkEnd): LinkEnd {
    if (!this.#isFileDue || end.kind !== "failed") return end;
    const cause = "if this repeats, the network loses large packets: set a smaller MTU on the master's machine";
    return { ...end, reason: `${end.reason} while the locustfile was on its way (${cause})` };
  }

  /** Called each second while there is a link. `unconfirmedMs`: for how long figures that were sent on it are without an acknowledgement. */
  look(unconfirmedMs: number): void {
    this.#looks = unconfirmedMs < LOOK_MS ? 0 : this.#looks + 1;
    if (this.#isTold || unconfirmedMs < UNCONFIRMED_MS || this.#looks * LOOK_MS < UNCONFIRMED_MS / 2) return;
    this.#isTold = true;
    this.#warn(
      `The master has not confirmed figures of this worker for ${
        Math.round(unconfirmedMs / 1000)
      } s: the network to it is ` +
        "slow, or loses large packets (a smaller MTU on this machine helps then); the worker keeps them until the master has them",
    );
  }
}
