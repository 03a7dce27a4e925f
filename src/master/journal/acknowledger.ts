/**
 * Decides when a delta is acknowledged: at once if there is no journal, else as soon as the journal holds it. Writing
 * follows the ticks; at the end of a run it follows each delta closely, because workers wait for it before they send
 * their last one.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { Acknowledgement, Deliveries } from "../workers/deliveries.ts";
import type { RunRecorder } from "./run_recorder.ts";

/** Deltas of the end that come together are written together. */
const PROMPT_MS = 20;

export class Acknowledger {
  readonly #deliveries: Deliveries;
  readonly #recorder: RunRecorder | undefined;
  readonly #clock: Clock;
  readonly #send: (acknowledgement: Acknowledgement) => void;
  #promptly: Timer | undefined;

  constructor(options: {
    readonly deliveries: Deliveries;
    readonly recorder: RunRecorder | undefined;
    readonly clock: Clock;
    readonly send: (acknowledgement: Acknowledgement) => void;
  }) {
    this.#deliveries = options.deliveries;
    this.#recorder = options.recorder;
    this.#clock = options.clock;
    this.#send = options.send;
  }

  /** A delta has been applied, or came again. `prompt`: its worker is waiting for this to end. */
  received(pace: "ticks" | "prompt"): void {
    if (this.#recorder === undefined) return this.#release();
    if (pace === "ticks" || this.#promptly !== undefined) return;
    this.#promptly = this.#clock.schedule(PROMPT_MS, () => this.commit());
  }

  /** Writes what has been applied, then acknowledges it. */
  commit(): void {
    this.#promptly?.cancel();
    this.#promptly = undefined;
    this.#release();
  }

  #release(): void {
    // Taken before the write begins: what is applied meanwhile is in the next line.
    const acknowledgements = this.#deliveries.takeAcknowledgements();
    const release = () => acknowledgements.forEach((each) => this.#send(each));
    if (this.#recorder === undefined) release();
    else void this.#recorder.commit().then(release); // never rejects: a disk that refuses is reported, and workers must continue
  }
}
