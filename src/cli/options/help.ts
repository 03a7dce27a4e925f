/**
 * Formats help: usage, purpose, options in groups, examples to copy. Made from the tables, laid out for the width of
 * the terminal. Pure.
 */
import { escapeControls } from "../../base/text/text.ts";
import { wrap } from "../../base/text/text.ts";
import type { CustomArgument } from "../../protocol/locustfile_description.ts";
import { toCustomOptions } from "./custom_option.ts";
import { flagOf, OPTION_GROUPS, type OptionSpec, type OptionValue } from "./table/option_spec.ts";
import { OPTION_TABLE } from "./table/option_table.ts";
import { type Verb, type VerbName, verbNamed, VERBS } from "./table/verbs.ts";

const PROGRAM = "locust-ts";

/** Lines longer than this are hard to read, however wide the terminal is. */
const MAX_WIDTH = 110;
const MIN_WIDTH = 40;

/** Below this, the right column stands under the left one. */
const NARROW = 60;

export interface HelpRequest {
  readonly columns: number;
  /** Help about one command; about the whole program if absent. */
  readonly verb?: VerbName;
  /** Options of the locustfile that was named. */
  readonly customArguments?: readonly CustomArgument[];
}

export function formatHelp(request: HelpRequest): string {
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, request.columns));
  const sections = request.verb === undefined ? describeProgram(width) : describeVerb(request.verb, request, width);
  return `${sections.join("\n\n")}\n`;
}

/** The first thing to see: what there is, how to begin, where more is said. */
export function formatOverview(columns: number): string {
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns));
  return `${[...introduce(width), formatMostUsed(width), closing(width)].join("\n\n")}\n`;
}

function describeProgram(width: number): readonly string[] {
  return [
    ...introduce(width),
    formatGroups(verbNamed("run").options, width),
    formatExamples(verbNamed("run"), width),
    closing(width),
  ];
}

function introduce(width: number): readonly string[] {
  const rows = VERBS.map((verb) => ({ left: `  ${verb.name}`, right: verb.summary }));
  return [
    wrap(`${PROGRAM}: load tests written in TypeScript`, width).join("\n"),
    [
      "Usage:",
      ...VERBS.flatMap((verb) => verb.usage.flatMap((usage) => wrapUsage(usage, width))),
      ...wrapFlags(`  ${PROGRAM} -f FILE --headless [options] [UserClass ...]`, "(as with Locust)", width),
    ].join("\n"),
    ["Commands:", ...formatRows(rows, width)].join("\n"),
    [
      "A first test, in three lines:",
      ...formatRows([
        { left: `  ${PROGRAM} init load-test`, right: "# writes a locustfile" },
        { left: `  ${PROGRAM} demo`, right: "# starts a shop to test, in a second terminal" },
      ], width),
      ...wrapCommand(`  ${PROGRAM} run load-test/locustfile.ts -H http://localhost:8000 -u 20 -r 5 -t 30s`, width),
    ].join("\n"),
  ];
}

function wrapFlags(text: string, note: string, width: number): readonly string[] {
  return text.length + 1 + note.length <= width
    ? [`${text} ${note}`]
    : [...breakLine(text, width, ""), `      ${note}`];
}

function wrapUsage(usage: string, width: number): readonly string[] {
  return breakLine(`  ${PROGRAM} ${usage}`, width, "");
}

/** A command that can be copied from a narrow terminal: `\\` joins its lines in a shell. */
function wrapCommand(command: string, width: number): readonly string[] {
  return breakLine(command, width, " \\");
}

/** Breaks a line at spaces; `joint` ends each part but the last. Parts after the first are indented. */
function breakLine(text: string, width: number, joint: string): readonly string[] {
  if (text.length <= width) return [text];
  const at = text.lastIndexOf(" ", width - joint.length);
  if (at <= CONTINUATION.length) return [text];
  return [`${text.slice(0, at)}${joint}`, ...breakLine(`${CONTINUATION}${text.slice(at + 1)}`, width, joint)];
}

const CONTINUATION = "      ";

function formatMostUsed(width: number): string {
  const names = ["host", "users", "spawn-rate", "run-time", "stages", "csv", "json", "tags"];
  const specs = names.flatMap((name) => OPTION_TABLE.filter((spec) => spec.name === name));
  return ["Options needed most:", ...formatRows(specs.map(toRow), width)].join("\n");
}

function closing(width: number): string {
  const text =
    `All options: ${PROGRAM} run --help. Every option can also be set in the environment (LOCUST_USERS=100) or in ` +
    'a config file: "users = 100" in ./locust.conf or ~/.locust.conf, or "locust": { "users": 100 } in package.json. The ' +
    "command line wins, then the environment, then the files.";
  return wrap(text, width).join("\n");
}

function describeVerb(name: VerbName, request: HelpRequest, width: number): readonly string[] {
  const verb = verbNamed(name);
  const custom = toCustomOptions(request.customArguments ?? [], OPTION_TABLE).specs;
  const sections = [
    ["Usage:", ...verb.usage.flatMap((usage) => wrapUsage(usage, width))].join("\n"),
    wrap(verb.about, width).join("\n"),
    formatGroups([...verb.options, ...custom], width),
  ];
  if (verb.examples.length > 0) sections.push(formatExamples(verb, width));
  if (name === "run" && request.customArguments === undefined) {
    sections.push(wrap("With FILE before --help the options of that locustfile are shown too.", width).join("\n"));
  }
  return sections;
}

function formatGroups(options: readonly OptionSpec[], width: number): string {
  const shown = options.filter((spec) => spec.hidden === undefined);
  const column = columnOf(shown.map(toRow), width); // the same in all groups: the eye finds it again
  return OPTION_GROUPS
    .map((group) => ({ group, specs: shown.filter((spec) => spec.group === group) }))
    .filter(({ specs }) => specs.length > 0)
    .map(({ group, specs }) => [`${group}:`, ...formatRows(specs.map(toRow), width, column)].join("\n"))
    .join("\n\n");
}

function formatExamples(verb: Verb, width: number): string {
  const lines = verb.examples.flatMap(({ says, line }) => [
    ...wrap(`# ${says}`, width - 2).map((text) => `  ${text}`),
    ...wrapCommand(`  ${PROGRAM} ${line}`, width),
  ]);
  return ["Examples:", ...lines].join("\n");
}

interface Row {
  readonly left: string;
  readonly right: string;
}

function toRow(spec: OptionSpec): Row {
  const facts = [
    ...(spec.env === undefined ? [] : [spec.env]),
    ...describeDefault(spec),
  ];
  const right = `${escapeControls(spec.help)}${facts.length > 0 ? ` [${facts.join("; ")}]` : ""}`.trim();
  return { left: `  ${formatFlags(spec)}`, right };
}

function describeDefault(spec: OptionSpec): readonly string[] {
  if (spec.defaultText !== undefined) return [`default ${spec.defaultText}`];
  return isShown(spec.default) && !spec.secret ? [`default ${formatDefault(spec.default)}`] : [];
}

/** `-u, --users N`; options without a short form stand in the same column. */
export function formatFlags(spec: OptionSpec): string {
  const short = spec.short === undefined ? "    " : `-${spec.short}, `;
  if (spec.type === "flag") return `${short}${flagOf(spec)}`;
  const value = spec.placeholder ?? "VALUE";
  return `${short}${flagOf(spec)} ${spec.type === "list" ? `${value} ...` : value}`;
}

function isShown(value: OptionValue | undefined): value is OptionValue {
  return value !== undefined && value !== false && value !== "";
}

export function formatDefault(value: OptionValue): string {
  return Array.isArray(value) ? value.join(", ") : escapeControls(String(value));
}

/** Where the right column starts: behind the longest left side, but not beyond two fifths of the line. */
function columnOf(rows: readonly Row[], width: number): number {
  if (width < NARROW) return CONTINUATION.length; // words of the right side may take nearly a whole line
  return Math.min(Math.max(...rows.map((row) => row.left.length)) + 2, Math.floor(width * 0.4));
}

/** Two columns; a left side that is too long gets a line of its own. */
function formatRows(rows: readonly Row[], width: number, column = columnOf(rows, width)): readonly string[] {
  return rows.flatMap(({ left, right }) => {
    const lines = wrap(right, width - column);
    const fits = left.length + 2 <= column;
    const [first = "", ...others] = fits ? lines : ["", ...lines];
    const head = `${left.padEnd(column)}${first}`.trimEnd();
    return [head, ...others.filter((text) => text !== "").map((text) => " ".repeat(column) + text)];
  });
}
