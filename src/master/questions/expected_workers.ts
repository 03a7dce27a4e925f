/**
 * Counts the workers that a run waits for: those that know all that it has. The others are named once, so that nobody
 * waits for a worker that is there and does nothing.
 */
import type { Logger } from "../../base/logger.ts";
import type { RosterWorker } from "../workers/roster_worker.ts";
import type { NewerFeature } from "../run_settings.ts";

type Aged = Pick<RosterWorker, "id" | "version" | "protocolMinor">;

const WORDS: Readonly<Record<NewerFeature["name"], string>> = {
  arrivals: "arrival rates",
  targets: "target rates",
  scenarios: "scenarios",
  iterations: "a number of iterations",
};

export class ExpectedWorkers {
  readonly #features: readonly NewerFeature[];
  readonly #logger: Pick<Logger, "warning">;
  readonly #named = new Set<string>();

  constructor(features: readonly NewerFeature[], logger: Pick<Logger, "warning">) {
    this.#features = features;
    this.#logger = logger;
  }

  /** How many of those that are ready count. */
  count(ready: readonly Aged[]): number {
    return ready.filter((worker) => {
      const lacks = this.#features.find(({ minor }) => worker.protocolMinor < minor);
      if (lacks !== undefined) this.#name(worker, lacks);
      return lacks === undefined;
    }).length;
  }

  #name({ id, version }: Aged, { name }: NewerFeature): void {
    if (this.#named.has(id)) return;
    this.#named.add(id);
    this.#logger.warning(
      `Worker ${id} is of an older version (${version}) that does not support ${
        WORDS[name]
      }, and is not counted among the expected ` +
        "workers; install the master's version there",
    );
  }
}
