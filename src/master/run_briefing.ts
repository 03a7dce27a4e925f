/**
 * Tells the workers of a run what they need beside their assignments: the plan, which reset of the statistics counts, and a host that was
 * changed since the start. Each message may come twice and in any number.
 */
import type { RunPlan, ToWorker } from "../protocol/worker_message.ts";

export interface RunBriefingOptions {
  readonly plan: RunPlan;
  /** Resets of the statistics so far. */
  readonly resets: () => number;
  readonly send: (workerId: string, message: ToWorker) => void;
}

export class RunBriefing {
  readonly #options: RunBriefingOptions;
  /** Null: that of the classes. Undefined: never changed. */
  #host: string | null | undefined;

  constructor(options: RunBriefingOptions) {
    this.#options = options;
  }

  /** Everything, for a worker that may know nothing of the run. */
  brief(workerId: string): void {
    this.#options.send(workerId, { kind: "startRun", plan: this.#options.plan });
    if (this.#options.resets() > 0) this.sendReset(workerId);
    if (this.#host !== undefined) this.#sendHost(workerId);
  }

  sendReset(workerId: string): void {
    this.#options.send(workerId, {
      kind: "resetStats",
      runId: this.#options.plan.runId,
      resets: this.#options.resets(),
    });
  }

  /** The ramp is complete. */
  spawningComplete(workerId: string, userCount: number): void {
    this.#options.send(workerId, { kind: "spawningComplete", runId: this.#options.plan.runId, userCount });
  }

  /** Another base URL for the users of these workers, and of those that come. */
  changeHost(host: string | null, workerIds: readonly string[]): void {
    this.#host = host;
    for (const id of workerIds) this.#sendHost(id);
  }

  #sendHost(workerId: string): void {
    const { plan: { runId }, send } = this.#options;
    const host = this.#host ?? null;
    send(workerId, { kind: "changeHost", runId, ...(host === null ? {} : { host }) });
  }
}
