/** Starts users: each runs by itself from here on, outside of what its starter is in the middle of. */
import { outsideTransactions } from "../measures/transaction.ts";
import { runInScenario } from "../scenarios/running_scenario.ts";
import type { RunningUser, StartUserOptions } from "./running_user.ts";
import { UserRun } from "./user_run.ts";

/** Constructs a user and runs it. Never throws: a constructor that does makes a failed start. */
export function startUser(options: StartUserOptions): RunningUser {
  const run = new UserRun(options);
  const environment = options.role?.environment ?? options.runContext.environment;
  // Watches itself: it settles every exception.
  outsideTransactions(() => runInScenario(options.scenario, () => void run.live(environment)));
  return run;
}
