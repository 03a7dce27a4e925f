/**
 * The scenario whose user's code runs: what counts samples and does not know its user (`events.request`, `checks`) asks
 * here. The runtime's `AsyncLocalStorage` carries it along, and only once a user of a scenario has been started in this
 * thread.
 */
import { late, lateAsyncHooks } from "../../base/late_modules.ts";

const storage = late(() => new (lateAsyncHooks().AsyncLocalStorage)<string | undefined>());

let isUsed = false;

/** Starts the life of a user. `scenario`: undefined for a user of none, whoever's timer starts it. */
export function runInScenario(scenario: string | undefined, start: () => void): void {
  if (scenario !== undefined) isUsed = true;
  if (isUsed) storage().run(scenario, start);
  else start();
}

/** Undefined: it belongs to none. */
export function runningScenario(): string | undefined {
  return isUsed ? storage().getStore() : undefined;
}
