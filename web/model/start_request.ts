/** Makes what a filled start form asks for: the request to the server, and the command line that does the same. Pure. */
import type { ApiForm, ApiStartRequest } from "../../src/server/answers/api_types.ts";
import { toCommandLine } from "../view/command_line.ts";
import { splitList } from "../view/list_text.ts";
import { hasOwnEnd, NO_SHAPE, type StartFields, type StartPlan } from "../view/start_plan.ts";
import { type OptionField, readOptions, toField } from "./option_model.ts";

/** What stands in the fields, and what is ticked. */
export interface FilledForm {
  readonly fields: StartFields;
  readonly options: Readonly<Record<string, OptionField>>;
  readonly userClasses: ReadonlySet<string>;
  readonly scenarios: ReadonlySet<string>;
}

/** Users and ramp up are asked for: there is no shape, or it reads them. */
export function asksForUsers({ askingShapes }: ApiForm, { shape }: StartFields): boolean {
  return shape === NO_SHAPE || askingShapes.includes(shape);
}

export function toRequest(
  form: ApiForm,
  { fields, options, userClasses, scenarios }: FilledForm,
  plan: StartPlan,
): ApiStartRequest {
  const { host, runTime, profile, shape } = fields;
  return {
    ...(shape === NO_SHAPE
      ? loadOf(plan)
      : asksForUsers(form, fields)
      ? { users: plan.users, spawnRate: plan.spawnRate }
      : {}),
    ...(plan.slo !== undefined || form.defaults.slo !== undefined ? { slo: plan.slo ?? null } : {}),
    host: host.trim(),
    runTime: hasOwnEnd(fields, form.askingShapes) ? "" : runTime.trim(),
    profile: profile.trim() === "" ? null : profile.trim(),
    ...(form.hasClassPicker ? { userClasses: [...userClasses], shape: shape === NO_SHAPE ? null : shape } : {}),
    ...(form.scenarios === undefined ? {} : { scenarios: inOrder(form.scenarios, scenarios) }),
    ...(form.options.length === 0 ? {} : { options: readOptions(form.options, options) }),
  };
}

function loadOf(
  { users, spawnRate, rate, maxUsers = null, slo }: StartPlan,
): Pick<ApiStartRequest, "users" | "spawnRate" | "rate" | "maxUsers"> {
  if (rate !== undefined) return { rate, maxUsers };
  return slo === undefined ? { users, spawnRate } : { users };
}

/** What does the same from a shell. */
export function commandLineOf(form: ApiForm, { fields, options, userClasses, scenarios }: FilledForm): string {
  const offered = form.scenarios ?? [];
  const areAllScenarios = scenarios.size === offered.length && form.areScenariosNamed !== true;
  return toCommandLine({
    command: form.command,
    searchCommand: form.searchCommand,
    fields,
    hasShapes: form.shapes.length > 0,
    askingShapes: form.askingShapes,
    stages: form.stages,
    options: changedOptions(form, options),
    userClasses: userClasses.size === form.userClasses.length ? [] : [...userClasses],
    scenarios: areAllScenarios ? [] : inOrder(offered, scenarios),
  });
}

/** Those that differ from what the command line has; a secret is hidden. */
function changedOptions(
  form: ApiForm,
  values: Readonly<Record<string, OptionField>>,
): readonly (readonly [name: string, value: OptionField])[] {
  return form.options.flatMap((option): [string, OptionField][] => {
    const value = values[option.name] ?? "";
    if (option.isSecret) return value === "" ? [] : [[option.name, "***"]];
    if (JSON.stringify(value) === JSON.stringify(toField(option))) return [];
    return [[option.name, option.kind === "list" && typeof value === "string" ? splitList(value) : value]];
  });
}

/** In the order of the locustfile. */
function inOrder(scenarios: NonNullable<ApiForm["scenarios"]>, chosen: ReadonlySet<string>): readonly string[] {
  return scenarios.filter(({ name }) => chosen.has(name)).map(({ name }) => name);
}
