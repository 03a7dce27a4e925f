/** Options that the locustfile adds by `initCommandLineParser`, as rows of the option table. Pure. */
import { toCamelCase } from "../../base/hints/spelling_hint.ts";
import type { CustomArgument } from "../../protocol/locustfile_description.ts";
import { flagOf, type OptionSpec, type OptionType, type OptionValue } from "./table/option_spec.ts";
import { splitAtCommas } from "./table/split_list.ts";
import type { ResolvedOption } from "./reading/resolve_options.ts";

export interface CustomOptions {
  readonly specs: readonly OptionSpec[];
  readonly required: readonly OptionSpec[];
  readonly problems: readonly string[];
}

const TYPES: Readonly<Record<CustomArgument["type"], OptionType>> = {
  string: "text",
  integer: "integer",
  number: "number",
  boolean: "flag",
  list: "list",
};

/** Rows for the arguments, and what is wrong with those whose flags are taken already. */
export function toCustomOptions(
  customArguments: readonly CustomArgument[],
  builtIn: readonly OptionSpec[],
): CustomOptions {
  const specs: OptionSpec[] = [];
  const required: OptionSpec[] = [];
  const problems: string[] = [];
  const taken = new Set(builtIn.flatMap(flagsOf));
  for (const argument of customArguments) {
    const spec = toSpec(argument);
    const clash = flagsOf(spec).find((flag) => taken.has(flag));
    if (clash !== undefined) {
      problems.push(
        `Cannot add ${argument.flags.join(", ")}: ${clash} is taken; choose another name in the locustfile`,
      );
      continue;
    }
    flagsOf(spec).forEach((flag) => taken.add(flag));
    specs.push(spec);
    if (argument.required) required.push(spec);
    if (spec.type === "flag" && spec.default === true) specs.push(switchingOff(spec));
  }
  return { specs, required, problems };
}

function flagsOf(spec: OptionSpec): readonly string[] {
  return spec.short === undefined ? [flagOf(spec)] : [flagOf(spec), `-${spec.short}`];
}

function toSpec(argument: CustomArgument): OptionSpec {
  const long = argument.flags.find((flag) => flag.startsWith("--"))?.slice(2) ?? argument.name;
  const short = argument.flags.find((flag) => /^-[A-Za-z]$/.test(flag))?.slice(1);
  const { choices, env } = argument;
  return {
    name: long,
    type: TYPES[argument.type],
    dest: argument.name,
    help: argument.help ?? "",
    group: "Options of this locustfile",
    ...(short === undefined ? {} : { short }),
    ...(argument.default === undefined ? {} : { default: argument.default }),
    ...(choices === undefined ? {} : { choices }),
    ...(env === undefined ? {} : { env }),
    ...(argument.secret ? { secret: true } : {}),
    ...(argument.type === "string" && choices === undefined && !argument.required ? { mayBeEmpty: true } : {}),
    ...(argument.type === "list" ? { split: splitAtCommas } : {}),
    ...(argument.type === "boolean" ? {} : { placeholder: choices === undefined ? "VALUE" : choices.join("|") }),
  };
}

/** A flag that is on by default needs a way off: `--no-NAME`. */
function switchingOff(spec: OptionSpec): OptionSpec {
  return { name: `no-${spec.name}`, type: "flag", help: `Turn ${flagOf(spec)} off.`, group: spec.group };
}

/** The values by the names that the locustfile reads; null for those that are not set. */
export function readCustomValues(
  customArguments: readonly CustomArgument[],
  values: ReadonlyMap<string, ResolvedOption>,
): Readonly<Record<string, OptionValue | null>> {
  const custom: Record<string, OptionValue | null> = {};
  for (const argument of customArguments) {
    const { name } = toSpec(argument);
    const off = values.get(`no-${name}`)?.value === true;
    custom[argument.name || toCamelCase(name)] = off ? false : values.get(name)?.value ?? null;
  }
  return custom;
}
