/**
 * Check: docs/options.md says what the option table says. It is made from the table; `bun scripts/checks/options_doc.ts` writes
 * it anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { formatDefault, formatFlags } from "../../src/cli/options/help.ts";
import { flagOf, OPTION_GROUPS, type OptionSpec } from "../../src/cli/options/table/option_spec.ts";
import { OPTION_TABLE } from "../../src/cli/options/table/option_table.ts";
import { VERBS } from "../../src/cli/options/table/verbs.ts";
import type { Problem } from "./source_tree.ts";

export const OPTIONS_DOC = "docs/options.md";

/** `page`: the text of docs/options.md as it is. */
export function checkOptionsDoc(page: string): readonly Problem[] {
  if (page === formatOptionsDoc()) return [];
  return [{
    path: OPTIONS_DOC,
    text: "is stale; write it anew with: node_modules/.bin/bun scripts/checks/options_doc.ts",
  }];
}

/** The whole page, from the tables. */
export function formatOptionsDoc(): string {
  const shown = withoutHidden(OPTION_TABLE);
  const groups = OPTION_GROUPS
    .map((group) => ({ group, specs: shown.filter((spec) => spec.group === group) }))
    .filter(({ specs }) => specs.length > 0);
  return [
    INTRODUCTION,
    "## Commands",
    formatVerbs(),
    ...groups.flatMap(({ group, specs }) => [`## ${group}`, formatTable(specs)]),
    "## More options of Locust",
    formatHidden(),
    ...VERBS.filter((verb) => verb.name !== "run" && verb.name !== "worker" && verb.options.length > 1)
      .flatMap((
        verb,
      ) => [`## \`locust-ts ${verb.usage[0] ?? verb.name}\``, verb.about, formatTable(withoutHidden(verb.options))]),
  ].join("\n\n") + "\n";
}

/** Options that only somebody who comes from Locust types stand in a table of their own. */
function withoutHidden(specs: readonly OptionSpec[]): readonly OptionSpec[] {
  return specs.filter((spec) => spec.hidden === undefined);
}

const INTRODUCTION = `# Options

<!-- Made from the option table by scripts/checks/options_doc.ts; change src/cli/options and run it. -->

Every option of a run, with the environment variable that sets it too. \`locust-ts run FILE --help\` shows the same in the
terminal, with the options that the locustfile adds.

Where an option is written more than once, the first of these places counts:

1. the command line
2. the environment
3. the file that \`--config FILE\` names
4. \`package.json\`, its object \`"locust"\`: \`"locust": { "users": 100, "tags": ["slow"] }\`
5. \`locust.conf\` in the current folder
6. \`.locust.conf\` in the home folder

Config files hold one setting a line; the key is the long option without its dashes. \`users = 100\`, \`users: 100\` and
\`users 100\` are the same; a flag alone means true; lists are written \`tags = [slow, checkout]\`; \`#\` and \`;\` start comments.

Long options may be shortened as far as they stay unique: \`--skip-log\` is \`--skip-log-setup\`. \`-T\`, \`-E\` and \`--config-users\`
take every word up to the next option; write \`--\` before the names of user classes that follow them. Times are seconds, or
written as \`20s\`, \`3m\`, \`2h\`, \`1h20m\`, \`3h30m10s\`.`;

function formatVerbs(): string {
  return formatRows(["command", "what it does"], VERBS.map((verb) => [`\`locust-ts ${verb.usage[0]}\``, verb.summary]));
}

function formatTable(specs: readonly OptionSpec[]): string {
  const rows = specs.map((spec) => [
    `\`${formatFlags(spec).trim()}\``,
    spec.env === undefined ? "" : `\`${spec.env}\``,
    spec.default === undefined ? "" : `\`${formatDefault(spec.default)}\``,
    spec.help,
  ]);
  return formatRows(["option", "environment", "default", "meaning"], rows);
}

function formatHidden(): string {
  const rows = OPTION_TABLE
    .filter((spec) => spec.hidden === true)
    .map((spec) => [`\`${flagOf(spec)}\``, fateOf(spec), spec.removed ?? spec.withoutEffect ?? spec.help]);
  return formatRows(["option", "is", "why, or what it does"], rows);
}

function fateOf({ removed, withoutEffect }: OptionSpec): string {
  if (removed !== undefined) return "refused";
  return withoutEffect === undefined ? "the same" : "accepted, without effect";
}

function formatRows(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

if (import.meta.main) writeFileSync(`${process.cwd()}/${OPTIONS_DOC}`, formatOptionsDoc());

/** Reads the page; an absent one is stale. */
export function readOptionsDoc(root: string): string {
  try {
    return readFileSync(`${root}/${OPTIONS_DOC}`, "utf8");
  } catch {
    return ""; // not written yet, which the check will say
  }
}
