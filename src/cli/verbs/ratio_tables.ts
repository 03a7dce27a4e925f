/** `--list`, `--show-task-ratio` and `--show-task-ratio-json`: what a locustfile would do, without doing it. Pure. */
import { escapeControls } from "../../base/text/text.ts";
import type {
  LocustfileDescription,
  TaskRatioTree,
  UserClassDescription,
} from "../../protocol/locustfile_description.ts";
import type { RunOptions } from "../options/reading/options.ts";
import { computeTaskRatios, type TaskSelection } from "../options/selection/task_ratios.ts";

/** What the options ask for. `selected`: the classes that would run. */
export function formatShown(
  options: RunOptions,
  { userClasses }: LocustfileDescription,
  selected: LocustfileDescription["userClasses"],
): string {
  if (options.list) return formatUserList(userClasses);
  const users = options.given.has("users") ? options.users : undefined;
  const settings = { tags: options.tags, excludeTags: options.excludeTags, equalWeights: options.equalWeights };
  return options.showTaskRatioJson
    ? formatRatioJson(selected, users, settings)
    : formatRatioTables(selected, users, settings);
}

export function formatUserList(userClasses: readonly UserClassDescription[]): string {
  return ["Available Users:", ...userClasses.map(({ name }) => `    ${escapeControls(name)}`), ""].join("\n");
}

export function formatRatioTables(
  userClasses: readonly UserClassDescription[],
  users: number | undefined,
  selection: TaskSelection,
): string {
  const rule = "-".repeat(80);
  const { perClass, total } = computeTaskRatios(userClasses, users, selection);
  return [
    "",
    "Task ratio per User class",
    rule,
    ...formatRows(perClass, 0),
    "",
    "Total task ratio",
    rule,
    ...formatRows(total, 0),
    "",
    "",
  ].join("\n");
}

export function formatRatioJson(
  userClasses: readonly UserClassDescription[],
  users: number | undefined,
  selection: TaskSelection,
): string {
  const { perClass, total } = computeTaskRatios(userClasses, users, selection);
  const ratios = { per_class: perClass, total };
  // Shares are floats, whole ones too: readers that tell the two apart get `1.0`, as from Locust.
  return `${JSON.stringify(ratios, null, 4).replace(/("ratio": \d+)(?=,?$)/gm, "$1.0")}\n`;
}

function formatRows(ratios: TaskRatioTree, level: number): readonly string[] {
  const indent = "  ".repeat(level);
  return Object.entries(ratios).flatMap(([name, { ratio, tasks }]) => [
    ` ${`${indent}${(ratio * 100).toFixed(1).padEnd(6)}`.padEnd(10)} ${indent}${escapeControls(name)}`,
    ...(tasks === undefined ? [] : formatRows(tasks, level + 1)),
  ]);
}
