/** The start form of the web UI, and its orders as options of the command line. Pure. */
import { quoteItem } from "../../../base/text/quote_item.ts";
import { basename } from "node:path";
import type {
  CustomArgument,
  LocustfileDescription,
  TaskDescription,
  UserClassDescription,
} from "../../../protocol/locustfile_description.ts";
import type { ScenarioPlan } from "../../../protocol/scenario_message.ts";
import type { WebUiDescription } from "../../../protocol/web_ui_message.ts";
import { MASK, maskUrlSecrets } from "../../../base/secrets.ts";
import { formatTimeSpan } from "../../../base/units.ts";
import { Refusal } from "../../../server/answers/api_error.ts";
import type { ApiForm, ApiFormOption, ApiOptionValue, ApiShapePoints } from "../../../server/answers/api_types.ts";
import type { StartOrder } from "../../../server/orders/run_control.ts";
import type { RawValue } from "../../options/reading/argv_reader.ts";
import { toCustomOptions } from "../../options/custom_option.ts";
import { NO_SHAPE } from "../../options/selection/selection.ts";
import type { OptionSpec } from "../../options/table/option_spec.ts";
import { OPTION_TABLE } from "../../options/table/option_table.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import { maskScenario } from "../../../master/run_settings.ts";
import { STAGES_SHAPE } from "../setup/run_plan.ts";
import { wordsOfRun, wordsOfSearch } from "./form_words.ts";
import type { FinishedRequest } from "../setup/run_request.ts";

export interface FormInput {
  readonly description: LocustfileDescription;
  readonly added: WebUiDescription;
  /** As the last start, or the command line, has it; and the classes with what was changed in them. */
  readonly orders: { readonly latest: FinishedRequest; readonly userClasses: readonly UserClassDescription[] };
  /** As the command line has it. */
  readonly base: FinishedRequest;
  /** Users over time by the name of the shape, as far as they are known before. */
  readonly drawings: ReadonlyMap<string, ApiShapePoints | null>;
  readonly files: readonly string[];
  readonly version: string;
  readonly runtime: string;
}

export function createForm(
  { description, added, orders, drawings, base, files, version, runtime }: FormInput,
): Omit<ApiForm, "access"> {
  const finished = orders.latest;
  const { options, selection } = finished;
  const hasClassPicker = base.options.classPicker;
  const shape = options.stages === undefined ? selection.shape : STAGES_SHAPE;
  const classHosts = new Set(base.selection.userClasses.flatMap((each) => each.host === undefined ? [] : [each.host]));
  const [onlyHost] = classHosts.size === 1 ? classHosts : [];
  const picked = new Set(selection.userClasses.map(({ name }) => name));
  return {
    program: {
      version,
      runtime,
      locustfile: basename(files[0] ?? ""),
      isDistributed: options.role === "master",
      ...(options.role === "master" ? { expectedWorkers: options.expectWorkers } : {}),
      hasFullHistory: base.options.csvFullHistory,
      thresholds: [...new Set([...finished.thresholds, ...options.thresholds])],
    },
    defaults: {
      users: options.users,
      spawnRate: options.spawnRate,
      ...(options.rate === undefined ? {} : { rate: options.rate }),
      ...(options.maxUsers === undefined ? {} : { maxUsers: options.maxUsers }),
      ...(options.findMax ? { slo: options.slo } : {}),
      host: maskUrlSecrets(options.host ?? onlyHost ?? "") || null,
      runTime: options.runTimeSeconds === undefined ? "" : formatTimeSpan(options.runTimeSeconds),
      profile: options.profile ?? null,
      tags: options.tags,
    },
    profiles: added.profiles,
    isHostMissing: options.host === undefined &&
      base.selection.userClasses.some((each) => each.needsHost && each.host === undefined),
    isHostRequired: added.isHostRequired,
    isHostUrl: base.selection.userClasses.every((each) => each.needsHost),
    shape: shape ?? null,
    hasClassPicker,
    ...toScenarios(base, selection.scenarios),
    userClasses: orders.userClasses.map(({ name, host, weight, fixedCount, tasks, json }) => ({
      name,
      host: host === undefined ? null : maskUrlSecrets(host),
      weight,
      fixedCount,
      tasks: tasks.map((task: TaskDescription) => task.name),
      isSelected: picked.has(name),
      settings: toSettings(json),
    })),
    shapes: hasClassPicker ? description.shapes.map(({ name }) => name) : [],
    askingShapes: description.shapes.filter(({ useCommonOptions }) => useCommonOptions).map(({ name }) => name),
    options: description.arguments.filter(({ includeInWebUi }) => includeInWebUi).map((each) =>
      toFormOption(each, options)
    ),
    command: [
      "locust-ts",
      "run",
      ...(files[0] === undefined ? [] : [basename(files[0])]),
      ...(base.selection.scenarios === undefined ? options.scenario.flatMap((each) => ["--scenario", each]) : []),
      ...wordsOfRun(options),
    ],
    searchCommand: wordsOfSearch(base.options),
    stages: base.options.stages ?? null,
    shapePoints: Object.fromEntries(drawings),
    tabs: added.tabs,
    columns: added.columns,
    downloads: added.downloads,
  };
}

/** Those of the command line, of which the last start may have had some. */
function toScenarios(
  { options, selection: { scenarios: offered } }: FinishedRequest,
  picked: readonly ScenarioPlan[] = [],
): Pick<ApiForm, "scenarios" | "areScenariosNamed"> {
  if (offered === undefined) return {};
  const isSelected = (name: string) => picked.some((each) => each.name === name);
  return {
    scenarios: offered.map((each) => ({ ...maskScenario(each), isSelected: isSelected(each.name) })),
    ...(options.scenario.length === 0 ? {} : { areScenariosNamed: true }),
  };
}

/** The fields of `json()` that a form can change: values that are no lists and no objects. */
function toSettings(
  json: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string | number | boolean | null>> {
  const entries = Object.entries(json).filter((entry): entry is [string, string | number | boolean | null] =>
    entry[1] === null || ["string", "number", "boolean"].includes(typeof entry[1])
  );
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? maskUrlSecrets(value) : value]),
  );
}

function toFormOption(argument: CustomArgument, { custom }: RunOptions): ApiFormOption {
  const name = longName(argument);
  const value = custom[argument.name] ?? null;
  const kinds = { string: "text", integer: "number", number: "number", boolean: "boolean", list: "list" } as const;
  const isChoice = argument.choices !== undefined && argument.type !== "list";
  return {
    name,
    label: name.replaceAll(/[-_]+/g, " ").replace(/^./, (letter) => letter.toUpperCase()),
    help: argument.help ?? "",
    kind: isChoice ? "choice" : argument.choices !== undefined ? "choices" : kinds[argument.type],
    choices: argument.choices ?? [],
    value: argument.secret ? null : value,
    isSecret: argument.secret,
    isRequired: argument.required,
  };
}

function longName(argument: CustomArgument): string {
  return argument.flags.find((flag) => flag.startsWith("--"))?.slice(2) ?? argument.name;
}

/**
 * The order as settings that win over the command line, whose `stages` an order may ask for again.
 * @throws {Refusal} 422 for an option that the locustfile does not have
 */
export function toOverrides(
  order: StartOrder,
  { arguments: customArguments }: LocustfileDescription,
  stages: string | undefined,
): Map<string, RawValue | null> {
  const overrides = new Map<string, RawValue | null>();
  const text = (name: string, value: string | number | undefined) => {
    if (value !== undefined) overrides.set(name, { kind: "text", text: String(value) });
  };
  if (order.rate !== undefined && order.rate !== null) {
    text("rate", order.rate);
    for (const name of ["users", ...USER_LOADS]) overrides.set(name, null);
  } else {
    if (order.rate === null) overrides.set("rate", null);
    text("users", order.users);
    text("spawn-rate", order.spawnRate);
  }
  if (order.maxUsers === null) overrides.set("max-users", null);
  else text("max-users", order.maxUsers);
  if (order.slo !== undefined) setSearch(order.slo, overrides);
  if (order.host !== undefined) overrides.set("host", order.host === "" ? null : { kind: "text", text: order.host });
  if (order.runTimeSeconds !== undefined) {
    overrides.set(
      "run-time",
      order.runTimeSeconds === null ? null : { kind: "text", text: `${order.runTimeSeconds}s` },
    );
  }
  if (order.scenarios !== undefined) overrides.set("scenario", { kind: "list", items: order.scenarios });
  if (order.tags !== undefined) {
    overrides.set("tags", order.tags.length === 0 ? null : { kind: "list", items: order.tags });
  }
  if (order.profile !== undefined) {
    overrides.set("profile", order.profile === null ? null : { kind: "text", text: order.profile });
  }
  if (order.shape === STAGES_SHAPE && stages !== undefined) {
    overrides.set("shape", null);
    text("stages", stages);
  } else if (order.shape !== undefined) {
    overrides.set("shape", { kind: "text", text: order.shape ?? NO_SHAPE });
    overrides.set("stages", null);
  }
  const { specs } = toCustomOptions(customArguments, OPTION_TABLE);
  for (const [name, value] of Object.entries(order.options ?? {})) {
    const spec = specs.find((each) => each.name === name);
    if (spec === undefined) {
      throw new Refusal(422, `Cannot use the option "${name}": the locustfile has no such option`, "options");
    }
    if (spec.secret === true && (value === null || value === MASK)) continue; // not shown, so not changed
    overrides.set(name, toRaw(value, spec));
  }
  return overrides;
}

/** Options that say how users are started, where arrivals or a search do. */
const USER_LOADS = ["spawn-rate", "stages", "shape"];

/** Null: what the command line has of a search is left out. */
function setSearch(slo: readonly string[] | null, overrides: Map<string, RawValue | null>): void {
  if (slo === null) {
    for (const name of ["find-max", "slo", "at-least", "step-time"]) overrides.set(name, null);
    return;
  }
  overrides.set("find-max", { kind: "bare" });
  overrides.set("slo", { kind: "list", items: slo });
  for (const name of USER_LOADS) overrides.set(name, null);
}

/** An empty field is no value, unless the option has a text: then it is empty, or none of the choices. */
function toRaw(value: ApiOptionValue, { type, default: usual }: OptionSpec): RawValue | null {
  if (value === "" && type === "text" && usual !== undefined) return { kind: "text", text: "" };
  if (value === null || value === "") return null;
  if (Array.isArray(value)) return { kind: "list", items: value.map((item) => quoteItem(String(item))) };
  return { kind: "text", text: String(value) };
}

/** The JSON key of the flag that a problem names. */
export function fieldOfProblem(problem: string): string {
  const flags: Readonly<Record<string, string>> = {
    users: "users",
    "spawn-rate": "spawnRate",
    host: "host",
    rate: "rate",
    "max-users": "maxUsers",
    slo: "slo",
    "find-max": "slo",
    "at-least": "slo",
    "run-time": "runTime",
    tags: "tags",
    profile: "profile",
    scenario: "scenarios",
    shape: "shape",
  };
  const flag = /--([a-z][a-z-]*)/.exec(problem)?.[1] ?? "";
  if (/user class/.test(problem)) return "userClasses";
  return flags[flag] ?? "options";
}
