/**
 * The options of a run as typed values, which the composition root works with. Most are fields of the option table; the
 * rest is what several rows decide together. No part below the composition root sees options.
 */
import { parseHostPort } from "../../../link/address.ts";
import { MASK, maskUrlSecrets } from "../../../base/secrets.ts";
import { type FieldsOf, fillInPaths, readFields } from "./option_fields.ts";
import { destOf, flagOf, type OptionSpec, type OptionValue, type RunMode } from "../table/option_spec.ts";
import { OPTION_ROWS, type OptionRow, rowNamed } from "../table/option_table.ts";
import type { OUTPUT_OPTIONS } from "../table/output_options.ts";
import type { ResolvedOption } from "./resolve_options.ts";

export interface TlsFiles {
  readonly cert?: string;
  readonly key?: string;
  readonly ca?: string;
}

/** The options that outputs read, of a run and of `locust-ts report`. */
export type OutputOptions = FieldsOf<typeof OUTPUT_OPTIONS>;

/** Every option that has a field of its own, and those that several options decide together. */
export interface RunOptions extends FieldsOf<typeof OPTION_ROWS> {
  /** `local`: master and worker in this process. */
  readonly role: "local" | "master" | "worker";
  readonly web: boolean;
  /** As given: commas and directories not resolved. Absent on a worker without `-f`: the master sends it. */
  readonly locustfile?: string;
  readonly userClasses: readonly string[]; // all if empty
  readonly workers: number; // local worker processes to start; 0: none
  readonly expectWorkers: number;
  readonly masterHost: string;
  readonly masterPort: number;
  readonly masterTls: TlsFiles;
  readonly webTls: TlsFiles;

  /** Names of the options that were set, on the command line or elsewhere: `users`, `run-time` … */
  readonly given: ReadonlySet<string>;
  /** The options that were set, by their long names, for reports: secrets are masked. */
  readonly shownOptions: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Names in `parsedOptions` whose values are secrets. */
  readonly secretOptions: readonly string[];
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
  /** What the paths of outputs are named after besides options; absent: placeholders stay. */
  readonly started?: RunStart | undefined;
}

/** The moment at which the command line was read, and the host of the locustfile where it is known. */
export interface RunStart {
  readonly wallMs: number;
  readonly locustfileHost?: string | undefined;
}

/** Does not check: `findContradictions` does. */
export function toRunOptions(input: RunOptionsInput): RunOptions {
  const options = readRunOptions(input);
  if (input.started === undefined) return options;
  const isShaped = options.stages !== undefined || options.rate !== undefined;
  return fillInPaths(OPTION_ROWS, options, {
    users: isShaped ? null : options.users,
    spawnRate: isShaped ? null : options.spawnRate,
    runTimeSeconds: options.runTimeSeconds ?? null,
    host: options.host ?? input.started.locustfileHost,
    profile: options.profile,
    startedWallMs: input.started.wallMs,
  });
}

function readRunOptions(input: RunOptionsInput): RunOptions {
  const { values, locustfile } = input;
  const workers = numberIn(values, "workers") ?? 0;
  return {
    ...readFields(OPTION_ROWS, values),
    role: input.role,
    web: input.web,
    ...(locustfile === undefined ? {} : { locustfile }),
    userClasses: input.userClasses,
    workers,
    expectWorkers: values.get("expect-workers")?.origin.kind === "default"
      ? Math.max(1, workers)
      : numberIn(values, "expect-workers") ?? 1,
    ...readMasterAddress(
      textIn(values, "master-host") ?? rowNamed("master-host").default,
      numberIn(values, "master-port") ?? rowNamed("master-port").default,
    ),
    masterTls: readTls(values, { cert: "master-tls-cert", key: "master-tls-key", ca: "master-tls-ca" }),
    webTls: {
      ...readTls(values, { cert: "tls-cert", key: "tls-key" }),
      ...readTls(values, { cert: "web-tls-cert", key: "web-tls-key" }),
    },
    given: new Set([...values].filter(([, option]) => option.origin.kind !== "default").map(([name]) => name)),
    shownOptions: showOptions(input),
    secretOptions: input.table.filter((spec) => spec.secret === true).map(destOf),
    notices: [...input.notices, ...findMisplaced(input)],
    custom: input.custom,
    parsedOptions: toParsedOptions(input),
  };
}

type Values = RunOptionsInput["values"];

function textIn(values: Values, name: OptionRow["name"]): string | undefined {
  const value = values.get(name)?.value;
  return typeof value === "string" ? value : undefined;
}

function numberIn(values: Values, name: OptionRow["name"]): number | undefined {
  const value = values.get(name)?.value;
  return typeof value === "number" ? value : undefined;
}

function readTls(values: Values, names: Readonly<Partial<Record<keyof TlsFiles, OptionRow["name"]>>>): TlsFiles {
  const files: { -readonly [File in keyof TlsFiles]: TlsFiles[File] } = {};
  for (const file of ["cert", "key", "ca"] as const) {
    const path = names[file] === undefined ? undefined : textIn(values, names[file]);
    if (path !== undefined) files[file] = path;
  }
  return files;
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

function showOptions({ table, values }: RunOptionsInput): RunOptions["shownOptions"] {
  const show = (value: OptionValue) => typeof value === "string" ? maskUrlSecrets(value) : value;
  return Object.fromEntries(
    table.flatMap((spec): readonly (readonly [string, OptionValue])[] => {
      const option = values.get(spec.name);
      if (option === undefined || option.origin.kind === "default" || spec.typedOnly) return [];
      return [[
        spec.name,
        spec.secret ? MASK : Array.isArray(option.value) ? option.value.map(maskUrlSecrets) : show(option.value),
      ]];
    }),
  );
}

function toParsedOptions(input: RunOptionsInput): Readonly<Record<string, OptionValue | null>> {
  const parsed: Record<string, OptionValue | null> = {};
  for (const spec of input.table) {
    if (spec.secret || spec.typedOnly) continue;
    parsed[destOf(spec)] = input.values.get(spec.name)?.value ?? null;
  }
  return {
    ...parsed,
    headless: !input.web,
    userClasses: input.userClasses,
    locustfile: input.locustfile ?? null,
    ...input.custom,
  };
}
