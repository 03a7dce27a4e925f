/** The commands, and the verbs that neither read config files nor know options of a locustfile. Pure. */
import type { DemoOptions } from "../../demo/demo_system.ts";
import { readArgv } from "./reading/argv_reader.ts";
import { nearest } from "../../base/hints/near_miss.ts";
import { type FieldsOf, readFields } from "./reading/option_fields.ts";
import type { OutputOptions, RunOptions } from "./reading/options.ts";
import { rowNamed } from "./table/option_table.ts";
import { OUTPUT_OPTIONS } from "./table/output_options.ts";
import { type ResolvedOptions, resolveOptions } from "./reading/resolve_options.ts";
import {
  CALIBRATE_OPTIONS,
  COMPARE_OPTIONS,
  DEBUG_OPTIONS,
  DEMO_OPTIONS,
  HEALTH_OPTIONS,
  INIT_OPTIONS,
  isVerbName,
  type Shell,
  SHELLS,
  VERB_NAMES,
  type VerbName,
  verbNamed,
} from "./table/verbs.ts";

export interface ReportOptions extends OutputOptions {
  readonly journal: string;
  readonly latencies: boolean;
}

export interface CompareOptions extends FieldsOf<typeof COMPARE_OPTIONS> {
  /** Paths. */
  readonly a: string;
  readonly b: string;
}

export interface DebugOptions extends FieldsOf<typeof DEBUG_OPTIONS> {
  readonly locustfile: string;
  readonly userClass?: string;
}

export interface InitOptions extends FieldsOf<typeof INIT_OPTIONS> {
  readonly folder: string;
}

export interface HealthArguments extends FieldsOf<typeof HEALTH_OPTIONS> {
  readonly url?: string;
}

/** Everything that a command line can ask for. */
export type Command =
  /** `typos`: what may be options of the locustfile, and is almost the name of one of ours. */
  | { readonly kind: "run"; readonly options: RunOptions; readonly typos: readonly string[] }
  | { readonly kind: "worker"; readonly options: RunOptions; readonly typos: readonly string[] }
  /** `argv`: without the verb; `hit/hit_command.ts` reads it. */
  | { readonly kind: "hit"; readonly argv: readonly string[] }
  | { readonly kind: "demo"; readonly options: DemoOptions }
  | { readonly kind: "calibrate"; readonly options: FieldsOf<typeof CALIBRATE_OPTIONS> }
  | { readonly kind: "init"; readonly options: InitOptions }
  | { readonly kind: "check"; readonly locustfile: string }
  | { readonly kind: "debug"; readonly options: DebugOptions }
  | { readonly kind: "report"; readonly options: ReportOptions }
  | { readonly kind: "compare"; readonly options: CompareOptions }
  | { readonly kind: "health"; readonly options: HealthArguments }
  | { readonly kind: "completion"; readonly shell: Shell }
  /** Nothing was asked for: what there is and how to begin. */
  | { readonly kind: "overview" }
  /** `locustfile`: its own options belong into the help. */
  | { readonly kind: "help"; readonly verb?: VerbName; readonly locustfile?: string }
  | { readonly kind: "version" }
  | { readonly kind: "problems"; readonly problems: readonly string[]; readonly verb: VerbName };

export type SimpleVerb = Exclude<VerbName, "run" | "worker" | "hit">;

export function parseSimpleVerb(name: SimpleVerb, argv: readonly string[]): Command {
  const table = verbNamed(name).options;
  const read = readArgv(argv, table);
  if (read.typed.has("help")) return { kind: "help", verb: name };
  const resolved = resolveOptions({ table, typed: read.typed, env: {}, configs: [], unknownKeys: "report" });
  const problems = [...read.unrecognized, ...resolved.problems];
  const command = COMMANDS[name](read.operands, resolved, problems);
  return problems.length > 0 || command === undefined ? { kind: "problems", problems, verb: name } : command;
}

/** Makes the command, or adds to the problems. */
type MakeCommand = (operands: readonly string[], resolved: ResolvedOptions, problems: string[]) => Command | undefined;

const COMMANDS: Readonly<Record<SimpleVerb, MakeCommand>> = {
  demo(operands, { values }, problems) {
    refuseMore(operands, 0, problems);
    return { kind: "demo", options: readFields(DEMO_OPTIONS, values) };
  },
  calibrate(operands, { values }, problems) {
    refuseMore(operands, 0, problems);
    return { kind: "calibrate", options: readFields(CALIBRATE_OPTIONS, values) };
  },
  init(operands, { values }, problems) {
    refuseMore(operands, 1, problems);
    return { kind: "init", options: { folder: operands[0] ?? ".", ...readFields(INIT_OPTIONS, values) } };
  },
  check(operands, { values }) {
    const option = values.get("locustfile");
    const named = option?.origin.kind === "typed" ? String(option.value) : undefined;
    const files = [...(named === undefined ? [] : [named]), ...operands];
    return { kind: "check", locustfile: files.length === 0 ? String(option?.value) : files.join(",") };
  },
  debug(operands, { values }, problems) {
    const [locustfile, userClass] = operands;
    if (locustfile === undefined) {
      problems.push("Cannot debug: no file is named; write locust-ts debug locustfile.ts");
      return undefined;
    }
    refuseMore(operands, 2, problems);
    return {
      kind: "debug",
      options: { locustfile, ...(userClass === undefined ? {} : { userClass }), ...readFields(DEBUG_OPTIONS, values) },
    };
  },
  report(operands, { values }, problems) {
    const [journal] = operands;
    if (journal === undefined) {
      problems.push("Cannot make a report: no journal is named; write locust-ts report run.ndjson");
      return undefined;
    }
    refuseMore(operands, 1, problems);
    return { kind: "report", options: { journal, ...readFields([...OUTPUT_OPTIONS, rowNamed("latencies")], values) } };
  },
  compare(operands, { values }, problems) {
    const [a, b] = operands;
    if (a === undefined || b === undefined) {
      problems.push(
        `Cannot compare: ${a === undefined ? "no run is named" : "only one run is named"}; ` +
          "write locust-ts compare before.ndjson after.ndjson",
      );
      return undefined;
    }
    refuseMore(operands, 2, problems);
    return { kind: "compare", options: { a, b, ...readFields(COMPARE_OPTIONS, values) } };
  },
  health(operands, { values }, problems) {
    const [url] = operands;
    refuseMore(operands, 1, problems);
    if (url !== undefined && !(URL.canParse(url) && /^https?:/.test(url))) {
      problems.push(`Cannot ask "${url}": it is not a URL of a web UI; write locust-ts health http://localhost:8089`);
    }
    return {
      kind: "health",
      options: { ...(url === undefined ? {} : { url }), ...readFields(HEALTH_OPTIONS, values) },
    };
  },
  completion(operands, _resolved, problems) {
    const shell = SHELLS.find((name) => name === operands[0]);
    refuseMore(operands, 1, problems);
    if (shell !== undefined) return { kind: "completion", shell };
    const what = operands[0] === undefined ? "no shell is named" : `"${operands[0]}" is not known`;
    problems.push(`Cannot print a completion script: ${what}; write locust-ts completion ${SHELLS.join("|")}`);
    return undefined;
  },
  help(operands, _resolved, problems) {
    const [word] = operands;
    refuseMore(operands, 1, problems);
    if (word === undefined) return { kind: "overview" };
    if (isVerbName(word)) return { kind: "help", verb: word };
    const meant = nearest(word, VERB_NAMES);
    const advice = meant === undefined ? `; write one of ${VERB_NAMES.join(", ")}` : `. Did you mean "${meant}"?`;
    problems.push(`Cannot show help about "${word}": there is no such command${advice}`);
    return undefined;
  },
};

function refuseMore(operands: readonly string[], count: number, problems: string[]): void {
  for (const operand of operands.slice(count)) {
    problems.push(`Cannot use "${operand}": it is one word too many; remove it`);
  }
}
