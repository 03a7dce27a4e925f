/**
 * The options of a run as typed values: what the composition root works with. Made of resolved table rows by `toRunOptions`,
 * which also finds the combinations that make no sense. Options end at the composition root: no part further down sees them.
 */
import { parseHostPort } from "../../link/address.ts";
import type { LogLevel } from "../../base/logger.ts";
import { destOf, flagOf, type OptionSpec, type OptionValue, type RunMode } from "./option_spec.ts";
import type { ResolvedOption } from "./resolve_options.ts";

export interface TlsFiles {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
}

export interface RunOptions {
  /** `local`: master and worker in this process. */
  readonly role: "local" | "master" | "worker";
  /** As given: commas and directories not resolved. Absent on a worker without `-f`: the master sends it. */
  readonly locustfile?: string;
  readonly userClasses: readonly string[]; // all if empty
  readonly host?: string;
  readonly users: number; // 1 if not given
  readonly spawnRate: number; // users per second; 1 if not given
  readonly runTimeSeconds?: number;
  readonly processes?: number; // threads; every core if absent
  readonly seed?: number;
  readonly configUsers: readonly string[]; // as written, see config_users.ts
  readonly equalWeights: boolean;
  readonly once: boolean;
  readonly stages?: string;
  readonly shape?: string; // name of the shape class
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
  readonly stopTimeoutSeconds: number;

  readonly masterBindHost: string; // `*`: every interface
  readonly masterBindPort: number;
  readonly expectWorkers: number;
  readonly expectWorkersMaxWaitSeconds: number; // 0: for ever
  readonly workers: number; // local worker processes to start; 0: none
  readonly rebalancing: boolean;
  readonly journal?: string; // path, or `none`
  readonly resume?: string;
  readonly masterHost: string;
  readonly masterPort: number;
  readonly masterTimeoutSeconds: number;
  readonly masterToken?: string;
  readonly masterTokenFile?: string;
  readonly masterTls: TlsFiles;

  readonly csvPrefix?: string;
  readonly csvFullHistory: boolean;
  readonly json: boolean;
  readonly jsonFile?: string; // without the `.json` that is always added
  readonly printStats: boolean;
  readonly onlySummary: boolean;
  readonly resetStats: boolean;
  readonly phases: boolean;

  readonly web: boolean;
  readonly autostart: boolean;
  readonly autoquitSeconds?: number; // absent: stay
  readonly webHost: string;
  readonly webPort: number;
  readonly webHostDisplayName?: string;
  readonly webBasePath?: string;
  readonly webLogin: boolean;
  readonly webTls: TlsFiles;
  readonly classPicker: boolean;

  readonly logLevel: LogLevel;
  readonly logFile?: string;
  readonly skipLogSetup: boolean;

  readonly exitCodeOnError: number;
  readonly profile?: string;
  readonly list: boolean;
  readonly showTaskRatio: boolean;
  readonly showTaskRatioJson: boolean;

  /** Names of the options that somebody set, wherever: `users`, `run-time` … */
  readonly given: ReadonlySet<string>;
  /** Sentences to log as warnings: options without effect here. */
  readonly notices: readonly string[];
  /** Values of the locustfile's own options, by their name. */
  readonly custom: Readonly<Record<string, OptionValue | null>>;
  /** `environment.parsedOptions`: every option by Locust's name in camelCase, and the custom ones. Plain data, no secrets. */
  readonly parsedOptions: Readonly<Record<string, OptionValue | null>>;
}

export interface RunOptionsInput {
  readonly table: readonly OptionSpec[];
  readonly values: ReadonlyMap<string, ResolvedOption>;
  readonly role: RunOptions["role"];
  readonly web: boolean;
  readonly userClasses: readonly string[];
  /** `-f` or the operand of `run`; absent on a worker that takes the master's. */
  readonly locustfile: string | undefined;
  readonly notices: readonly string[];
  readonly custom: Readonly<Record<string, OptionValue | null>>;
}

/** Does not check: `findContradictions` does. */
export function toRunOptions(input: RunOptionsInput): RunOptions {
  const read = createReader(input.values);
  const autoquit = read.number("autoquit", -1);
  const processes = read.number("processes", 0);
  return {
    role: input.role,
    userClasses: input.userClasses,
    users: read.number("users", 1),
    spawnRate: read.number("spawn-rate", 1),
    configUsers: read.list("config-users"),
    equalWeights: read.flag("equal-weights"),
    once: read.flag("once"),
    tags: read.list("tags"),
    excludeTags: read.list("exclude-tags"),
    stopTimeoutSeconds: read.number("stop-timeout", 0),
    masterBindHost: read.text("master-bind-host") ?? "*",
    masterBindPort: read.number("master-bind-port", 5557),
    expectWorkers: input.values.get("expect-workers")?.origin.kind === "default"
      ? Math.max(1, read.number("workers", 0))
      : read.number("expect-workers", 1),
    expectWorkersMaxWaitSeconds: read.number("expect-workers-max-wait", 0),
    workers: read.number("workers", 0),
    rebalancing: !read.flag("no-rebalancing"),
    ...readMasterAddress(read.text("master-host") ?? "127.0.0.1", read.number("master-port", 5557)),
    masterTimeoutSeconds: read.number("master-timeout", 30),
    masterTls: read.optionalTexts({ cert: "master-tls-cert", key: "master-tls-key", ca: "master-tls-ca" }),
    csvFullHistory: read.flag("csv-full-history"),
    json: read.flag("json"),
    printStats: read.flag("print-stats"),
    onlySummary: read.flag("only-summary"),
    resetStats: read.flag("reset-stats"),
    phases: read.flag("phases"),
    web: input.web,
    autostart: read.flag("autostart"),
    webHost: read.text("web-host") ?? "127.0.0.1",
    webPort: read.number("web-port", 8089),
    webLogin: read.flag("web-login"),
    webTls: read.optionalTexts({ cert: "tls-cert", key: "tls-key" }),
    classPicker: read.flag("class-picker"),
    logLevel: (read.text("loglevel") ?? "INFO") as LogLevel, // the table's choices are LOG_LEVELS
    skipLogSetup: read.flag("skip-log-setup"),
    exitCodeOnError: read.number("exit-code-on-error", 1),
    list: read.flag("list"),
    showTaskRatio: read.flag("show-task-ratio"),
    showTaskRatioJson: read.flag("show-task-ratio-json"),
    ...(input.locustfile === undefined ? {} : { locustfile: input.locustfile }),
    ...(processes > 0 ? { processes } : {}),
    ...(autoquit >= 0 ? { autoquitSeconds: autoquit } : {}),
    ...read.optionalNumbers({ runTimeSeconds: "run-time", seed: "seed" }),
    ...read.optionalTexts({
      host: "host",
      stages: "stages",
      shape: "shape",
      journal: "journal",
      resume: "resume",
      masterToken: "master-token",
      masterTokenFile: "master-token-file",
      csvPrefix: "csv",
      jsonFile: "json-file",
      webHostDisplayName: "web-host-display-name",
      webBasePath: "web-base-path",
      logFile: "logfile",
      profile: "profile",
    }),
    given: new Set([...input.values].filter(([, option]) => option.origin.kind !== "default").map(([name]) => name)),
    notices: [...input.notices, ...findMisplaced(input)],
    custom: input.custom,
    parsedOptions: toParsedOptions(input),
  };
}

function createReader(values: ReadonlyMap<string, ResolvedOption>) {
  const valueOf = (name: string) => values.get(name)?.value;
  const text = (name: string) => {
    const value = valueOf(name);
    return typeof value === "string" ? value : undefined;
  };
  const pick = <Field extends string, Value>(
    names: Readonly<Record<Field, string>>,
    isWanted: (value: unknown) => value is Value,
  ): Partial<Record<Field, Value>> => {
    const picked: Partial<Record<Field, Value>> = {};
    for (const field of Object.keys(names) as Field[]) {
      const value = valueOf(names[field]);
      if (isWanted(value)) picked[field] = value;
    }
    return picked;
  };
  return {
    text,
    number(name: string, otherwise: number): number {
      const value = valueOf(name);
      return typeof value === "number" ? value : otherwise;
    },
    flag: (name: string) => valueOf(name) === true,
    list(name: string): readonly string[] {
      const value = valueOf(name);
      return Array.isArray(value) ? value : [];
    },
    optionalTexts: <Field extends string>(names: Readonly<Record<Field, string>>) =>
      pick(names, (value) => typeof value === "string"),
    optionalNumbers: <Field extends string>(names: Readonly<Record<Field, string>>) =>
      pick(names, (value) => typeof value === "number"),
  };
}

/** `host`, `host:port`, `[::1]:5557`; a bare IPv6 address has several colons and no port. */
function readMasterAddress(
  text: string,
  defaultPort: number,
): { readonly masterHost: string; readonly masterPort: number } {
  const { host, port } = parseHostPort(text, defaultPort);
  return { masterHost: host, masterPort: port };
}

/** Options that were typed for a kind of run that they do not belong to. Environment and files may speak of several kinds. */
function findMisplaced(input: RunOptionsInput): readonly string[] {
  const here = new Set<RunMode>(input.web ? [input.role, "web"] : [input.role]);
  return input.table
    .filter((spec) => spec.modes !== undefined && !spec.modes.some((mode) => here.has(mode)))
    .filter((spec) => input.values.get(spec.name)?.origin.kind === "typed")
    .filter((spec) => input.values.get(spec.name)?.value !== false)
    .map((spec) => `${flagOf(spec)} has no effect here: it belongs to ${describeModes(spec.modes ?? [])}`);
}

function describeModes(modes: readonly RunMode[]): string {
  if (modes.length === 1 && modes[0] === "web") return "runs with the web UI";
  if (modes.length === 1 && modes[0] === "local") return "runs without --master and --worker";
  if (modes.includes("local") && modes.includes("master")) return "the master, which tells its workers";
  return modes.filter((mode) => mode !== "web").map((mode) => `--${mode}`).join(" and ");
}

function toParsedOptions(input: RunOptionsInput): Readonly<Record<string, OptionValue | null>> {
  const parsed: Record<string, OptionValue | null> = {};
  for (const spec of input.table) {
    if (spec.secret || spec.typedOnly) continue;
    parsed[destOf(spec)] = input.values.get(spec.name)?.value ?? null;
  }
  return {
    ...parsed,
    numUsers: parsed["numUsers"] ?? 1,
    spawnRate: parsed["spawnRate"] ?? 1,
    headless: !input.web,
    userClasses: input.userClasses,
    locustfile: input.locustfile ?? null,
    ...input.custom,
  };
}
