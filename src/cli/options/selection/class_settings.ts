/**
 * User classes as settings of `--config-users` and of the web UI change them: for what is shown and planned before
 * threads run.
 */
import type { UserClassDescription } from "../../../protocol/locustfile_description.ts";
import type { ClassSettings } from "./config_users.ts";

/** Classes with what settings change in them: weight, fixed count, host, tasks, and the fields of `json()`. Pure. */
export function withSettings(
  userClasses: readonly UserClassDescription[],
  settings: readonly ClassSettings[],
): readonly UserClassDescription[] {
  return userClasses.map((userClass) => {
    const mine: ClassSettings = Object.assign(
      {},
      ...settings.filter((each) => each["user_class_name"] === userClass.name),
    );
    const { weight, fixedCount, host, tasks } = mine;
    const { host: ownHost, ...others } = userClass;
    const newHost = host === undefined ? ownHost : typeof host === "string" && host !== "" ? host : undefined;
    const fields = Object.entries(mine).filter(([key]) => key in userClass.json);
    return {
      ...others,
      ...(newHost === undefined ? {} : { host: newHost }),
      ...(typeof weight === "number" ? { weight } : {}),
      ...(typeof fixedCount === "number" ? { fixedCount } : {}),
      ...(Array.isArray(tasks) ? { tasks: userClass.tasks.filter(({ name }) => tasks.includes(name)) } : {}),
      json: { ...userClass.json, ...Object.fromEntries(fields) },
    };
  });
}
