/**
 * Resolves each option to one value from all the places where it can be set. Precedence: command line, environment, config files in
 * the order given, default; lists that add up have the values of all of them. Everything that is written is checked, also what another place overrides. Pure.
 */
import type { RawValue } from "./argv_reader.ts";
import { type ConfigText, parseConfigText } from "./config_file.ts";
import { editDistance, nearest } from "../../../base/hints/near_miss.ts";
import { describeSetting, type Origin, parseOptionValue } from "./option_value.ts";
import { adviceOnWord, optionMeantBy } from "./other_words.ts";
import { flagOf, type OptionSpec, type OptionValue } from "../table/option_spec.ts";

export interface ResolvedOption {
  readonly value: OptionValue;
  readonly origin: Origin;
}

export interface ResolvedOptions {
  /** By option name. Options that are not set and have no default are absent. */
  readonly values: ReadonlyMap<string, ResolvedOption>;
  readonly problems: readonly string[];
  /** Names of options that were given and could not be read: they are not in `values`. */
  readonly misread: ReadonlySet<string>;
  /** Sentences about options that are accepted without effect. */
  readonly notices: readonly string[];
}

export interface OptionSources {
  readonly table: readonly OptionSpec[];
  readonly typed: ReadonlyMap<string, RawValue>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From the one that wins to the one that yields. */
  readonly configs: readonly ConfigText[];
  /** `tolerate`: the locustfile is not loaded yet, an unknown key may be one of its options. */
  readonly unknownKeys: "tolerate" | "report";
}

interface Written {
  readonly raw: RawValue;
  readonly origin: Origin;
}

export function resolveOptions(sources: OptionSources): ResolvedOptions {
  const problems: string[] = [];
  const notices: string[] = [];
  const fromFiles = collectFileSettings(sources, problems);
  const values = new Map<string, ResolvedOption>();
  const misread = new Set<string>();
  for (const spec of sources.table) {
    const written = [...writtenOutside(spec, sources), ...(fromFiles.get(spec.name) ?? [])];
    const resolved: ResolvedOption[] = [];
    for (const { raw, origin } of written) {
      const parsed = parseOptionValue(spec, raw, origin);
      if (parsed.kind === "problem") {
        problems.push(parsed.problem);
        misread.add(spec.name);
      } else if (isOff(spec, parsed.value)) resolved.push({ value: parsed.value, origin });
      else if (spec.removed !== undefined) {
        problems.push(`Cannot use ${describeSetting(spec, { kind: "bare" }, origin)}: ${spec.removed}`);
      } else resolved.push({ value: parsed.value, origin });
    }
    const winner = (spec.addsUp === true ? addUp(resolved) : resolved[0]) ?? defaultOf(spec);
    if (winner !== undefined) values.set(spec.name, winner);
    if (spec.withoutEffect !== undefined && winner?.value === true) {
      notices.push(`${flagOf(spec)} has no effect: ${spec.withoutEffect}`);
    }
  }
  if (sources.unknownKeys === "report") notices.push(...findMistypedVariables(sources));
  return { values, problems, misread, notices };
}

const PREFIX = "LOCUST_";

/** Variables that are nearly one of ours: others that begin so belong to the locustfile. */
function findMistypedVariables({ env, table }: OptionSources): readonly string[] {
  const ours = new Set(table.flatMap((spec) => spec.env === undefined ? [] : [spec.env]));
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith(PREFIX) || ours.has(name) || (env[name] ?? "") === "") return [];
    const meant = [...ours].find((other) => editDistance(name, other) <= (name.length < 15 ? 1 : 2));
    return meant === undefined ? [] : [`${name} has no effect: no option has that variable. Did you mean ${meant}?`];
  });
}

/** Those of the weakest place first. */
function addUp(resolved: readonly ResolvedOption[]): ResolvedOption | undefined {
  const [strongest] = resolved;
  if (strongest === undefined) return undefined;
  const lists = resolved.toReversed().map(({ value }) => value as readonly string[]);
  return { value: [...new Set(lists.flat())], origin: strongest.origin };
}

function isOff(spec: OptionSpec, value: OptionValue): boolean {
  return spec.type === "flag" && value === false;
}

function defaultOf(spec: OptionSpec): ResolvedOption | undefined {
  if (spec.default !== undefined) return { value: spec.default, origin: { kind: "default" } };
  return spec.type === "flag" ? { value: false, origin: { kind: "default" } } : undefined;
}

/** What the command line and the environment say; an empty variable is one that is not set. */
function writtenOutside(spec: OptionSpec, sources: OptionSources): readonly Written[] {
  const written: Written[] = [];
  const typed = sources.typed.get(spec.name);
  if (typed !== undefined) written.push({ raw: typed, origin: { kind: "typed" } });
  const text = spec.env === undefined ? undefined : sources.env[spec.env];
  if (spec.env !== undefined && text !== undefined && text !== "") {
    written.push({ raw: { kind: "text", text }, origin: { kind: "environment", variable: spec.env } });
  }
  return written;
}

function collectFileSettings(sources: OptionSources, problems: string[]): ReadonlyMap<string, readonly Written[]> {
  const keys = sources.table.filter((spec) => spec.typedOnly === undefined);
  const known = new Set(keys.map((spec) => spec.name));
  const collected = new Map<string, Written[]>();
  for (const config of sources.configs) {
    const contents = parseConfigText(config);
    problems.push(...contents.problems);
    const ofThisFile = new Map<string, Written>();
    for (const { key: written, value, path, line } of contents.settings) {
      const key = keys.find((spec) => spec.short === written)?.name ?? written;
      if (known.has(key)) {
        ofThisFile.set(key, { raw: value, origin: { kind: "file", path, line } }); // the last line wins
      } else if (sources.unknownKeys === "report") {
        problems.push(describeUnknownKey(key, `${path}:${line}`, keys));
      }
    }
    for (const [key, written] of ofThisFile) collected.set(key, [...(collected.get(key) ?? []), written]);
  }
  return collected;
}

/** A key is one of the table, mistyped, or another tool's word; what nobody is shown is no advice. */
function describeUnknownKey(key: string, where: string, keys: readonly OptionSpec[]): string {
  const dashed = key.replaceAll("_", "-");
  const problem = `Cannot use ${key} in ${where}: there is no such setting`;
  const now = optionMeantBy(`--${dashed}`, keys);
  if (now !== undefined) return `${problem}; write ${now.name}`;
  const advice = adviceOnWord(`--${dashed}`);
  if (advice !== undefined) return `${problem}; ${advice}`;
  const names = keys.filter(({ hidden }) => hidden === undefined).map(({ name }) => name);
  const meant = keys.some(({ name }) => name === dashed)
    ? dashed
    : nearest(key, names) ?? names.find((each) => dashed.startsWith(`${each}-`));
  return meant === undefined
    ? `${problem}; keys are the long names of options, as --help lists them`
    : `${problem}. Did you mean "${meant}"?`;
}
