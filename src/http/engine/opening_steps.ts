/** Adds up what the time of a connection that is being opened goes into: for the phases of a request that fails while it waits for one. */
import type { ConnectionSetup } from "./wire_times.ts";

export type OpeningStep = "dns" | "connect" | "tls";

export class OpeningSteps {
  #dnsMs = -1;
  #connectMs = -1;
  #tlsMs = -1;
  #step: OpeningStep | undefined;
  #sinceMs = 0;

  /** The step before has ended. One that comes again, at another address of the host, adds its time. */
  enter(step: OpeningStep | undefined, nowMs: number): void {
    const spentMs = nowMs - this.#sinceMs;
    if (this.#step === "dns") this.#dnsMs = Math.max(0, this.#dnsMs) + spentMs;
    else if (this.#step === "connect") this.#connectMs = Math.max(0, this.#connectMs) + spentMs;
    else if (this.#step === "tls") this.#tlsMs = Math.max(0, this.#tlsMs) + spentMs;
    this.#step = step;
    this.#sinceMs = nowMs;
  }

  /** The durations when it was given up. */
  end(nowMs: number): ConnectionSetup {
    this.enter(undefined, nowMs);
    return { dnsMs: this.#dnsMs, connectMs: this.#connectMs, tlsMs: this.#tlsMs };
  }
}
