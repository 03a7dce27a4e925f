/**
 * Checks the settings of ready-made loads, by a table per load. A locustfile may state values of any type, whatever the
 * compiler says. Pure; finds every mistake.
 */
import { UsageError } from "../../base/errors.ts";

/** What a number must be. */
export type SettingKind = "users" | "someUsers" | "seconds" | "someSeconds" | "rate";

const KINDS: Readonly<Record<SettingKind, { readonly fits: (value: number) => boolean; readonly advice: string }>> = {
  users: { fits: (value) => Number.isSafeInteger(value) && value >= 0, advice: "give a whole number of 0 or more" },
  someUsers: { fits: (value) => Number.isSafeInteger(value) && value > 0, advice: "give a whole number above 0" },
  seconds: { fits: (value) => Number.isFinite(value) && value >= 0, advice: "give a number of 0 or more" },
  someSeconds: { fits: (value) => Number.isFinite(value) && value > 0, advice: "give a number above 0" },
  rate: { fits: (value) => Number.isFinite(value) && value > 0, advice: "give a number above 0" },
};

/** A required setting, or one that may be absent. */
export type SettingRule = SettingKind | { readonly optional: SettingKind };

/** A relation between settings that are right by themselves: what is wrong with it, if anything. */
export type SettingRelation<T> = (settings: T) => string | undefined;

/**
 * Checks settings by their rules, then by their relation.
 *
 * @throws UsageError with every mistake.
 */
export function checkSettings<T extends object>(
  settings: T,
  rules: Readonly<Record<keyof T & string, SettingRule>>,
  relation: SettingRelation<T> = () => undefined,
): void {
  const problems = typeof settings === "object" && settings !== null
    ? findWrong(settings, rules)
    : [`Cannot use the settings: they are ${String(settings)}; give ${Object.keys(rules).join(", ")}`];
  const related = problems.length === 0 ? relation(settings) : undefined;
  if (related !== undefined) problems.push(`Cannot use the settings: ${related}`);
  if (problems.length > 0) throw new UsageError(problems, { code: "bad_shape" });
}

function findWrong(settings: object, rules: Readonly<Record<string, SettingRule>>): string[] {
  const unknown = Object.keys(settings).filter((name) => !Object.hasOwn(rules, name));
  return [
    ...Object.entries(rules).flatMap(([name, rule]) => {
      const value: unknown = Reflect.get(settings, name);
      const isOptional = typeof rule === "object";
      if (isOptional && value === undefined) return [];
      const { fits, advice } = KINDS[isOptional ? rule.optional : rule];
      if (typeof value === "number" && fits(value)) return [];
      const shown = typeof value === "string" ? `"${value}"` : String(value);
      return [`Cannot use the settings: ${name} is ${shown}; ${advice}`];
    }),
    ...unknown.map((name) =>
      `Cannot use the settings: there is no ${name} among them; choose from ${Object.keys(rules).join(", ")}`
    ),
  ];
}
