/**
 * Tells the workers of a run what they need beside their assignments: the plan, which reset of the statistics counts,
 * and a host and options that were changed since the start. Each message may come twice and in any number.
 */
import { maskUrlSecrets } from "../base/secrets.ts";
import type { RunPlan, ToWorker } from "../protocol/worker_message.ts";
import { maskOptions } from "./journal/settings_secrets.ts";
import type { RunEvent } from "./run_event.ts";

export interface RunBriefingOptions {
  readonly plan: RunPlan;
  /** Resets of the statistics so far. */
  readonly resets: () => number;
  readonly send: (workerId: string, message: ToWorker) => void;
}

/** What may become another in mid-run. A host of null is that of the classes; options that are not named stay as they are. */
export type RunChange =
  | { readonly kind: "host"; readonly host: string | null }
  | { readonly kind: "options"; readonly options: Readonly<Record<string, unknown>> };

/** A change as all who watch the run may know it. */
export function describeChange(change: RunChange, secretOptions: readonly string[] = []): RunEvent {
  if (change.kind === "options") {
    return { kind: "optionsChanged", options: maskOptions(change.options, secretOptions) };
  }
  return { kind: "hostChanged", host: change.host === null ? null : maskUrlSecrets(change.host) };
}

export class RunBriefing {
  readonly #options: RunBriefingOptions;
  /** Undefined: never changed. */
  #host: Extract<RunChange, { kind: "host" }> | undefined;
  /** All that were changed, as they are now. */
  #changed: Extract<RunChange, { kind: "options" }> | undefined;

  constructor(options: RunBriefingOptions) {
    this.#options = options;
  }

  /** Everything, for a worker that may know nothing of the run. */
  brief(workerId: string): void {
    this.#options.send(workerId, { kind: "startRun", plan: this.#options.plan });
    if (this.#options.resets() > 0) this.sendReset(workerId);
    for (const change of [this.#host, this.#changed]) if (change !== undefined) this.#send(workerId, change);
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

  /** For the users of these workers, and of those that come. */
  change(what: RunChange, workerIds: readonly string[]): void {
    if (what.kind === "host") this.#host = what;
    else this.#changed = { kind: "options", options: { ...this.#changed?.options, ...what.options } };
    for (const id of workerIds) this.#send(id, what);
  }

  #send(workerId: string, change: RunChange): void {
    const { plan: { runId }, send } = this.#options;
    if (change.kind === "options") return send(workerId, { kind: "changeOptions", runId, options: change.options });
    send(workerId, { kind: "changeHost", runId, ...(change.host === null ? {} : { host: change.host }) });
  }
}
