/**
 * Formats the first part of the answer of `locust-ts check`: the contents of a locustfile as a table to read. Its types are
 * checked by `type_check.ts`. The locustfile was loaded by then; problems of loading are errors of their own. Pure.
 */
import { basename } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { escapeLines } from "../../base/text/text.ts";
import type {
  CustomArgument,
  LocustfileDescription,
  TaskDescription,
  UserClassDescription,
} from "../../protocol/locustfile_description.ts";
import { checkScenarioThresholds } from "../options/selection/scenario_thresholds.ts";
import { lookAtScenarios } from "../options/selection/selection.ts";
import { formatClassRate, formatRates } from "./rate_chart.ts";
import { formatScenarios } from "./scenario_chart.ts";

/**
 * What a run would refuse, whatever its options are: a threshold on a scenario that there is not, a scenario without a task or with a
 * host that is no URL. Pure.
 *
 * @throws {UsageError}
 */
export function refuseMistakes(description: LocustfileDescription): void {
  const { thresholds, scenarios = [] } = description;
  const known = scenarios.map(({ name }) => name);
  const { problems } = checkScenarioThresholds({ ofFile: thresholds, ofOptions: [], known, picked: known });
  const all = [...problems, ...lookAtScenarios(description)?.problems ?? []];
  if (all.length > 0) throw new UsageError(all);
}

/** Classes, tasks with weights and tags, shapes, options and warnings. `columns`: of the terminal; undefined: it is none. Pure. */
export function formatDescription(
  description: LocustfileDescription,
  files: readonly string[],
  columns?: number,
): string {
  const warnings = lookAtScenarios(description)?.warnings ?? description.warnings;
  const sections = [
    `${files.map((file) => basename(file)).join(", ")}: ${
      countOf(description.userClasses.length, "user class", "user classes")
    }`,
    ...description.userClasses.map(formatClass),
    ...(description.shapes.length === 0 ? [] : [
      ["Load shapes", ...description.shapes.map(({ name }, index) => `  ${name}${index === 0 ? " (used)" : ""}`)].join(
        "\n",
      ),
    ]),
    ...ratesOf(description, columns),
    ...(description.scenarios === undefined ? [] : [formatScenarios(description.scenarios, columns).join("\n")]),
    ...(description.arguments.length === 0
      ? []
      : [["Options", ...description.arguments.map(formatArgument)].join("\n")]),
    ...(warnings.length === 0 ? [] : [["Warnings", ...warnings.map((warning) => `  ${warning}`)].join("\n")]),
  ];
  return `${escapeLines(sections.join("\n\n"))}\n`;
}

/** Scenarios have loads of their own. */
function ratesOf({ userClasses, scenarios }: LocustfileDescription, columns: number | undefined): string[] {
  const lines = scenarios === undefined ? formatRates(userClasses, columns) : [];
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function formatClass(userClass: UserClassDescription): string {
  const rate = formatClassRate(userClass);
  const facts = [
    ...(userClass.arrivalRate !== undefined && userClass.weight !== 0
      ? []
      : [userClass.fixedCount > 0 ? `exactly ${userClass.fixedCount}` : `weight ${userClass.weight}`]),
    ...(rate === undefined ? [] : [rate]),
    ...(userClass.host !== undefined
      ? [`host ${userClass.host}`]
      : userClass.needsHost
      ? ["no host: relative URLs need -H"]
      : []),
  ];
  const tasks = userClass.tasks.length === 0 ? ["  no tasks"] : formatTasks(userClass.tasks, 1);
  return [`${userClass.name} (${facts.join(", ")})`, ...tasks].join("\n");
}

function formatTasks(tasks: readonly TaskDescription[], level: number): readonly string[] {
  const KINDS = { task: "", set: " (task set)", sequential: " (in sequence)", markov: " (Markov)" } as const;
  return tasks.flatMap((task) => {
    const tags = task.tags.length === 0 ? "" : `  tags: ${task.tags.join(", ")}`;
    const line = `${"  ".repeat(level)}${String(task.weight).padStart(3)} × ${task.name}${KINDS[task.kind]}${tags}`;
    return [line, ...formatTasks(task.tasks, level + 2)];
  });
}

function formatArgument(argument: CustomArgument): string {
  const facts = [
    argument.type,
    ...(argument.choices === undefined ? [] : [argument.choices.join("|")]),
    ...(argument.default === undefined || argument.secret ? [] : [`default ${String(argument.default)}`]),
    ...(argument.env === undefined ? [] : [argument.env]),
    ...(argument.required ? ["required"] : []),
  ];
  return `  ${argument.flags.join(", ")} (${facts.join(", ")})${
    argument.help === undefined ? "" : `  ${argument.help}`
  }`;
}

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
