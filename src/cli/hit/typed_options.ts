/**
 * Puts the options that were typed for a hit under our names: those of other tools that mean the same. Values that stand for "no limit" in
 * other tools are problems here. Pure.
 */
import type { RawValue, ReadArguments } from "../options/reading/argv_reader.ts";
import { BODY_FILE_OPTIONS, HIT_ALIASES } from "../options/table/hit_options.ts";
import type { OptionSpec } from "../options/table/option_spec.ts";

/** What was typed, with the flag of another tool that it was typed as. */
export function withFlags(
  read: ReadArguments,
  argv: readonly string[],
  typedAs: ReadonlyMap<string, string>,
): ReadArguments {
  const flagOfAlias = ({ name, short }: OptionSpec) =>
    short === undefined || argv.some((word) => word.startsWith(`--${name}`)) ? `--${name}` : `-${short}`;
  const aliases = new Map(HIT_ALIASES.map(({ spec }) => [spec.name, flagOfAlias(spec)]));
  const named = [...read.typed].map(([name, raw]) => {
    const flag = typedAs.get(name) ?? aliases.get(name);
    return [name, flag === undefined ? raw : { ...raw, typedAs: flag }] as const;
  });
  return { ...read, typed: new Map(named) };
}

/** The values of other tools' names under ours. */
export function withAliases(typed: ReadonlyMap<string, RawValue>, problems: string[]): ReadonlyMap<string, RawValue> {
  const all = new Map(typed);
  const rename = (alias: string, name: string, raw: RawValue) => {
    const other = all.get(name);
    if (other !== undefined && textOf(other) !== textOf(raw)) {
      problems.push(
        `Cannot use ${raw.typedAs ?? `--${alias}`} ${textOf(raw)}: --${name} is ${
          textOf(other)
        } and means the same; write one of them`,
      );
    }
    all.set(name, raw);
  };
  const isRate = typed.has("rate") || typed.has("query-per-second");
  for (const { spec, of } of HIT_ALIASES) {
    const raw = all.get(spec.name);
    all.delete(spec.name);
    // Beside a rate, connections are the most that are in use at a time, as in wrk2 and oha.
    if (raw !== undefined) rename(spec.name, isRate && of === "users" ? "max-users" : of, raw);
  }
  for (const { name } of BODY_FILE_OPTIONS) {
    const raw = all.get(name);
    const text = textOf(raw);
    if (raw?.kind !== "text") continue; // a missing value is reported by the option itself
    all.delete(name);
    if (name !== "accept") rename(name, "data", { kind: "text", text: `@${text}` });
    else if (!MEDIA_TYPES.test(text) && /^[^\s:/]+:\S*$/.test(text)) rename(name, "auth", raw);
    else {
      const header = MEDIA_TYPES.test(text) ? "Accept" : "User-Agent";
      all.set("header", { kind: "list", items: [...itemsOf(all.get("header")), `${header}: ${text}`] });
    }
  }
  return all;
}

/** What a header `Accept` begins with; curl's -A is a program's name, which may have a slash too: `Mozilla/5.0`. */
const MEDIA_TYPES = /^\s*(\*|application|audio|font|image|message|model|multipart|text|video)\/[\w*]/i;

/** What has no limit in vegeta, ali and k6, and has one here: why it cannot be, by option. */
const ENDLESS: readonly (readonly [name: string, none: RegExp, because: string])[] = [
  [
    "rate",
    /^(0+(\.0+)?|inf(inity)?)(\/\S*)?$/i,
    "requests without a rate are made by users, as fast as the answers come; write -u 50 in its place",
  ],
  ["run-time", /^0+(ms|s|m|h)?$/, "a hit has an end; write a long one, as in -t 24h, and press CTRL+C before it"],
  ["timeout", /^0+(ms|s|m|h)?$/, "a request has a limit; write a long one, as in --timeout 3600"],
];

/** Without those; a problem says why. */
export function withoutEndless(
  typed: ReadonlyMap<string, RawValue>,
  problems: string[],
): ReadonlyMap<string, RawValue> {
  const endless = ENDLESS.filter(([name, none]) => none.test(textOf(typed.get(name))));
  for (const [name, , because] of endless) {
    const raw = typed.get(name);
    const flag = raw?.typedAs ?? `--${name}`;
    problems.push(`Cannot use ${flag} "${textOf(raw)}": ${because}`);
  }
  return new Map([...typed].filter(([name]) => !endless.some(([left]) => left === name)));
}

/** As it was typed; empty for none. */
export function textOf(raw: RawValue | undefined): string {
  return raw?.kind === "text" ? raw.text : raw?.kind === "list" ? raw.items.join(" ") : "";
}

function itemsOf(raw: RawValue | undefined): readonly string[] {
  return raw?.kind === "list" ? raw.items : [];
}
