/** Members of Locust's runners that are called otherwise here, or are not there: reading them as `undefined` would hide that. */
import { refuseNames, refuseSnakeCase } from "../base/refuse_names.ts";

const INSTEAD: Readonly<Record<string, string>> = {
  clients: "runner.workers, a list of { id, state, users }",
  user_greenlets: "runner.userCount",
  spawn_users: "runner.start(users, spawnRate)",
  spawn_rate: "environment.parsedOptions.spawnRate",
};

const SPELLED =
  "user_count target_user_count worker_count worker_index client_id send_message register_message start_shape";

/** Makes them throw, with the right name, on the runners of a class. */
export function refuseRunnerNames(prototype: object): void {
  refuseNames(prototype, "runner", INSTEAD);
  refuseSnakeCase(prototype, "runner", SPELLED.split(" "));
}
