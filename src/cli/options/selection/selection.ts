/**
 * Selects the parts of a locustfile that a run uses: user classes by name and the load shape. Finds all problems at
 * once. Pure; works on the description, never on user code.
 */
import { formatAmount } from "../../../base/text/text.ts";
import { maskUrlSecrets } from "../../../base/secrets.ts";
import type {
  LocustfileDescription,
  TaskDescription,
  UserClassDescription,
} from "../../../protocol/locustfile_description.ts";
import type { ClassSettings } from "./config_users.ts";
import type { ScenarioPlan } from "../../../protocol/scenario_message.ts";
import { chooseScenarios, classesOfScenarios, type ScenarioChoice } from "./scenario_choice.ts";
import { keepTasks } from "./kept_tasks.ts";
import { isWebSocketUrl } from "../locustfile/locustfile_url.ts";
import { nearest } from "../../../base/hints/near_miss.ts";
import type { RunOptions } from "../reading/options.ts";

export interface Selection {
  readonly userClasses: readonly UserClassDescription[];
  /** Loads of their own, which are the whole load; absent where there are none. */
  readonly scenarios?: readonly ScenarioPlan[];
  /** Name of the shape class that decides the load; absent when `-u`, `-r`, `-t` or `--stages` do. */
  readonly shape?: string;
  readonly problems: readonly string[];
  /** Sentences to log as warnings. */
  readonly warnings: readonly string[];
}

type Chosen = Pick<
  RunOptions,
  | "userClasses"
  | "host"
  | "shape"
  | "stages"
  | "rate"
  | "given"
  | "users"
  | "list"
  | "showTaskRatio"
  | "showTaskRatioJson"
  | "once"
  | "tags"
  | "excludeTags"
  | "scenario"
  | "runTimeSeconds"
>;

/** What a run uses, or every problem. Where nothing is sent (`--list`, `--show-task-ratio`) no host is needed. */
export function selectFrom(
  description: LocustfileDescription,
  options: Chosen,
  classSettings: readonly ClassSettings[] = [],
): Selection {
  const problems: string[] = [];
  const looksOnly = options.list || options.showTaskRatio || options.showTaskRatioJson;
  const choice = looksOnly || options.once ? undefined : chooseScenarios(description, options, NO_SHAPE);
  problems.push(...choice?.problems ?? []);
  if (choice?.scenarios !== undefined) return selectScenarios(description, options, choice, problems);
  const named = selectClasses(description, options.userClasses, problems);
  const shape = selectShape(description, options, problems);
  const emptied = findEmptied(named, options);
  const areAllEmptied = emptied.length > 0 && emptied.length === named.length;
  const userClasses = looksOnly
    ? named
    : named.filter((userClass) =>
      !emptied.includes(userClass.name) && (options.once || !isSwitchedOff(userClass, classSettings))
    );
  if (!areAllEmptied && named.length > 0 && userClasses.length === 0) problems.push(describeAllOff(named, emptied));
  if (!looksOnly) problems.push(...checkHost(userClasses, options.host));
  if (!looksOnly && areAllEmptied) problems.push(describeAllEmptied(emptied, options));
  return {
    userClasses,
    problems,
    warnings: [
      ...warn(description, userClasses, shape, options),
      ...findUnknownTags(named, options),
      ...emptied.map((name) => `${name} has no tasks left after filtering by tags: none of its users is started`),
    ],
    ...(shape ? { shape } : {}),
  };
}

/** What a run of the scenarios would refuse or warn of, whatever its options are; undefined: there are none. */
export function lookAtScenarios(description: LocustfileDescription): Selection | undefined {
  if (description.scenarios === undefined) return undefined;
  return selectFrom(description, {
    userClasses: [],
    shape: NO_SHAPE,
    given: new Set(),
    users: 1,
    list: false,
    showTaskRatio: false,
    showTaskRatioJson: false,
    once: false,
    tags: [],
    excludeTags: [],
    scenario: [],
  });
}

function selectScenarios(
  description: LocustfileDescription,
  options: Chosen,
  { scenarios = [], warnings }: ScenarioChoice,
  problems: readonly string[],
): Selection {
  const userClasses = classesOfScenarios(scenarios, description);
  const hosts = scenarios.flatMap(({ name, host }) => {
    const wrong = host === undefined || options.host !== undefined ? undefined : describeBadUrl(host);
    return wrong === undefined ? [] : [`Cannot use the host of the scenario "${name}": ${wrong}`];
  });
  const ofTags = scenarios.flatMap((plan) => findUnknownTags(userClasses, plan, `the scenario ${plan.name}`));
  return {
    userClasses,
    scenarios,
    problems: [...problems, ...checkHost(userClasses, options.host), ...hosts],
    warnings: [...description.warnings, ...warnings, ...findUnknownTags(userClasses, options), ...ofTags],
  };
}

function selectClasses(
  description: LocustfileDescription,
  names: readonly string[],
  problems: string[],
): readonly UserClassDescription[] {
  const all = description.userClasses;
  if (all.length === 0) {
    problems.push(
      "Cannot run the locustfile: it exports no user class; export a class that extends HttpUser, FastHttpUser or User",
    );
    return [];
  }
  if (names.length === 0) return all;
  const known = all.map((userClass) => userClass.name);
  for (const name of names.filter((name) => !known.includes(name))) {
    const meant = nearest(name, known);
    const advice = /\.(?:jtl|csv|ndjson)$/i.test(name)
      ? `-l lists the classes; one line per request is written by --samples ${name.replace(/\.jtl$/i, ".csv")}`
      : meant === undefined
      ? `choose from ${known.join(", ")}`
      : `did you mean "${meant}"?`;
    problems.push(`Cannot run user class "${name}": the locustfile exports no such class; ${advice}`);
  }
  return all.filter((userClass) => names.includes(userClass.name));
}

/** A class whose weight is 0 gets no users, unless it has a fixed number of them or `--config-users` gives it one of both. */
function isSwitchedOff(userClass: UserClassDescription, classSettings: readonly ClassSettings[]): boolean {
  const { weight, fixedCount }: ClassSettings = Object.assign(
    { weight: userClass.weight, fixedCount: userClass.fixedCount },
    ...classSettings.filter((each) => each["user_class_name"] === userClass.name),
  );
  return weight === 0 && fixedCount === 0;
}

/** `emptied`: the names of those that tags leave without tasks. */
function describeAllOff(userClasses: readonly UserClassDescription[], emptied: readonly string[]): string {
  const names = userClasses.map(({ name }) => name);
  const off = names.filter((name) => !emptied.includes(name)).join(", ");
  const why = emptied.length === 0
    ? "the weight is 0; give a weight above 0, or a fixedCount"
    : `the weight of ${off} is 0 and the tags leave no task in ${emptied.join(", ")}; change one of both`;
  return `Cannot run ${names.join(", ")}: no user would be started, as ${why}`;
}

/** Classes that have tasks, and none that the tags let through. */
function findEmptied(userClasses: readonly UserClassDescription[], options: Chosen): readonly string[] {
  return userClasses.filter(({ tasks }) => tasks.length > 0 && keepTasks(tasks, options).length === 0)
    .map(({ name }) => name);
}

/** A tag that no task carries selects nothing, or excludes nothing: a typing error, most of the time. */
function findUnknownTags(
  userClasses: readonly UserClassDescription[],
  options: Pick<Chosen, "tags" | "excludeTags">,
  scenario?: string,
): readonly string[] {
  const known = [...new Set(userClasses.flatMap(({ tasks }) => tasks.flatMap(tagsIn)))].sort();
  const lists = [
    [scenario ?? "--tags", options.tags],
    [scenario ?? "--exclude-tags", options.excludeTags],
  ] as const;
  return lists.flatMap(([flag, tags]) =>
    [...new Set(tags)].filter((tag) => !known.includes(tag)).map((tag) => {
      const meant = nearest(tag, known);
      const advice = meant !== undefined
        ? `did you mean "${meant}"?`
        : known.length === 0
        ? "no task has a tag"
        : `the tags are ${known.join(", ")}`;
      return `No task carries the tag "${tag}" of ${flag}; ${advice}`;
    })
  );
}

function tagsIn(task: TaskDescription): readonly string[] {
  return [...task.tags, ...task.tasks.flatMap(tagsIn)];
}

function describeAllEmptied(names: readonly string[], { tags, excludeTags }: Chosen): string {
  const filters = [
    ...(tags.length === 0 ? [] : [`--tags ${tags.join(" ")}`]),
    ...(excludeTags.length === 0 ? [] : [`--exclude-tags ${excludeTags.join(" ")}`]),
  ];
  return `Cannot run ${names.join(", ")}: no task is left after ${
    filters.join(" and ")
  }; "locust-ts check FILE" shows the tags`;
}

/** `--shape Default`: none of the locustfile's shapes decides the load. The web UI has the same word. */
export const NO_SHAPE = "Default";

function selectShape(description: LocustfileDescription, options: Chosen, problems: string[]): string | undefined {
  if (options.stages !== undefined || options.rate !== undefined || options.once) return undefined;
  const known = description.shapes.map((shape) => shape.name);
  if (options.shape === undefined) return known[0];
  if (known.includes(options.shape)) return options.shape;
  if (options.shape === NO_SHAPE) return undefined;
  const advice = known.length === 0
    ? "it has none; leave out --shape"
    : `choose from ${known.join(", ")}, or ${NO_SHAPE} for none`;
  problems.push(`Cannot follow --shape "${options.shape}": the locustfile exports no such load shape; ${advice}`);
  return undefined;
}

/**
 * Hosts of HttpUser and FastHttpUser are URLs; other users do with `-H` what they like. A host is needed only for
 * relative URLs.
 */
function checkHost(userClasses: readonly UserClassDescription[], host: string | undefined): readonly string[] {
  const clients = userClasses.filter((userClass) => userClass.needsHost);
  if (clients.length === 0) return [];
  if (host !== undefined) {
    const wrong = describeBadUrl(host);
    return wrong === undefined ? [] : [`Cannot use --host "${maskUrlSecrets(host)}": ${wrong}`];
  }
  return clients.flatMap((userClass) => {
    const wrong = userClass.host === undefined ? undefined : describeBadUrl(userClass.host);
    return wrong === undefined ? [] : [`Cannot use the host of ${userClass.name}: ${wrong}`];
  });
}

/** What is wrong with a base URL, as the rest of a sentence. */
export function describeBadUrl(text: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const rest = text.replace(/^(?:https?(?::\/?|\/\/?)|\/\/)/i, ""); // a scheme with a slip, or none as in a page
    return `it has no scheme; write "http://${rest}" or "https://${rest}"`;
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "it is not a URL; write one as in http://localhost:8000";
  }
  if (!/^https?(?:\+unix)?:$/.test(url.protocol)) {
    return isWebSocketUrl(text)
      ? `it is a URL for WebSockets, and HttpUser and FastHttpUser speak http and https; write "${
        maskUrlSecrets(text).replace(/^ws/i, "http")
      }", and see docs/custom-clients.md for users that speak WebSocket`
      : `its scheme is "${
        url.protocol.slice(0, -1)
      }", and HttpUser and FastHttpUser speak http and https; write one as in http://localhost:8000`;
  }
  return url.search === "" && url.hash === "" ? undefined : "it has a query or a fragment; give the part before it";
}

function warn(
  description: LocustfileDescription,
  userClasses: readonly UserClassDescription[],
  shape: string | undefined,
  options: Chosen,
): readonly string[] {
  const warnings = [...description.warnings];
  const decides = options.stages !== undefined
    ? "--stages decides"
    : description.shapes.some((candidate) => candidate.name === shape && !candidate.useCommonOptions)
    ? `the shape ${shape} decides`
    : undefined;
  if (shape !== undefined && options.shape === undefined && !options.given.has("class-picker")) {
    const others = description.shapes.filter(({ name }) => name !== shape).map(({ name }) => name);
    if (others.length > 0) {
      warnings.push(
        `Of the load shapes of the locustfile the first one, ${shape}, is used; --shape picks ${others.join(" or ")}`,
      );
    }
  }
  const ignored = ["users", "spawn-rate", "run-time"].filter((name) => options.given.has(name)).map((name) =>
    `--${name}`
  );
  if (decides !== undefined && ignored.length > 0) {
    warnings.push(`${ignored.join(", ")} will be ignored: ${decides} how many users run`);
  }
  const isOpen = (each: UserClassDescription) => options.rate !== undefined || each.arrivalRate !== undefined;
  if (userClasses.length > 0 && userClasses.every(isOpen)) {
    const useless = ignored.filter((flag) => flag !== "--run-time");
    if (decides === undefined && useless.length > 0) {
      warnings.push(`${useless.join(", ")} will be ignored: every user class has an arrival rate`);
    }
    return warnings;
  }
  const fixed = userClasses.reduce((sum, userClass) => sum + userClass.fixedCount, 0);
  if (decides === undefined && fixed > options.users) {
    warnings.push(
      `The fixed counts of the user classes add up to ${fixed}, more than the ${
        formatAmount(options.users, "user")
      } asked for`,
    );
  }
  return warnings;
}
