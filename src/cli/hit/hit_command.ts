/**
 * Turns the command line of `locust-ts hit` into a locustfile and the command line of a run that runs it: a hit is a run like any other.
 * `foreign/` and `typed_options.ts` know the words, `find_targets.ts` what is hit, `run_of_hit.ts` the options of the run.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { MASK, maskUrlSecrets } from "../../base/secrets.ts";
import { type RawValue, readArgv } from "../options/reading/argv_reader.ts";
import type { ConfigText } from "../options/reading/config_file.ts";
import { readFields } from "../options/reading/option_fields.ts";
import { type ResolvedOptions, resolveOptions } from "../options/reading/resolve_options.ts";
import { HIT_OPTIONS, HIT_TABLE } from "../options/table/hit_options.ts";
import { findTargets } from "./find_targets.ts";
import { translateHabits } from "./foreign/translate_habits.ts";
import { type HitTest, hostOf, writeHitLocustfile } from "./hit_locustfile.ts";
import { optionsOfRun } from "./run_of_hit.ts";
import { textOf, withAliases, withFlags, withoutEndless } from "./typed_options.ts";

export interface HitInput {
  /** Without the verb. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly configs: readonly ConfigText[];
  readonly cwd: string;
}

export type HitCommand =
  | { readonly kind: "help" }
  | { readonly kind: "print"; readonly locustfile: string }
  | {
    readonly kind: "run";
    readonly locustfile: string;
    /** The options of the run, for a command line `run FILE …`. */
    readonly options: readonly string[];
    /** Sentences about what was typed that are no problems. */
    readonly notes: readonly string[];
  };

/** @throws {UsageError} with every problem of the command line */
export function createHit(input: HitInput): HitCommand {
  const { argv, problems: foreign, typedAs, notes } = translateHabits(input.argv, HIT_TABLE);
  const read = withFlags(readArgv(argv, HIT_TABLE), argv, typedAs);
  if (read.typed.has("help")) return { kind: "help" };
  const problems: string[] = [...foreign, ...read.unrecognized];
  const typed = withoutEndless(withAliases(read.typed, problems), problems);
  const { env, configs } = input;
  const resolved = resolveOptions({ table: HIT_TABLE, typed, env, configs, unknownKeys: "tolerate" });
  problems.push(...resolved.problems);
  const fields = readFields(HIT_OPTIONS, resolved.values);
  // The URL may have become the value of a flag that is wrong.
  const isNamed = read.operands.length > 0 || fields.targets !== undefined;
  const targets = isNamed || problems.length === 0
    ? collect(problems, () => findTargets(read, typed, fields, input.cwd)) ?? []
    : [];
  if (problems.length > 0) throw new UsageError(problems);
  const test: HitTest = {
    targets,
    certificates: fields.insecure ? "accept" : "verify",
    redirects: fields.noRedirects ? "take" : "follow",
    ...(fields.timeout === undefined ? {} : { timeoutSeconds: fields.timeout }),
    ...(fields.auth === undefined ? {} : { auth: splitAuth(fields.auth) }),
    command: `locust-ts hit ${input.argv.map((word) => quoteWord(hideAuth(word, fields.auth))).join(" ")}`,
  };
  const locustfile = writeHitLocustfile(test);
  if (fields.printLocustfile) return { kind: "print", locustfile };
  return {
    kind: "run",
    locustfile,
    options: [...optionsOfRun(typed, resolved), `--host=${hostOf(test)}`],
    notes: [...notes, ...findNotes(read.typed, resolved), ...noteFile(fields.data, input.cwd)],
  };
}

/** hey's rate is of each connection, oha's of all: the same letter beside the same letters. */
function findNotes(typed: ReadonlyMap<string, RawValue>, { values }: ResolvedOptions): readonly string[] {
  const rate = typed.get("query-per-second");
  const isOpen = (name: string) => (values.get(name)?.origin.kind ?? "default") === "default";
  const workers = typed.get("workers");
  return [
    ...(workers === undefined || (isOpen("rate") && rate === undefined) ? [] : [
      `--workers ${
        textOf(workers)
      } is a number of processes on this machine; the most users that arrivals may have is --max-users N`,
    ]),
    ...(rate === undefined || !typed.has("connections") ? [] : [
      `${rate.typedAs ?? "-q"} ${textOf(rate)} is of all users together, as in oha; in hey it is of each connection`,
    ]),
    ...(typed.has("max-users") && isOpen("rate") && isOpen("find-max")
      ? [`${typed.get("max-users")?.typedAs ?? "--max-users"} has no effect without a rate; add --rate 50/s`]
      : []),
  ];
}

/** curl and hey send the text, h2load the file. */
function noteFile(data: string | undefined, cwd: string): readonly string[] {
  if (data === undefined || !/^[\w./-]+$/.test(data) || !existsSync(resolve(cwd, data))) return [];
  return [`-d ${data} sends this text, as in curl; -d @${data} sends the content of the file of this name`];
}

function splitAuth(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function collect<Value>(problems: string[], make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./?&[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function hideAuth(word: string, auth: string | undefined): string {
  const masked = maskUrlSecrets(word);
  return auth === undefined || auth === "" ? masked : masked.replaceAll(auth, MASK);
}
