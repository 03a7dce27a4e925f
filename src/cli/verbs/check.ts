/**
 * `locust-ts check`: what a locustfile holds, as a table to read, and its type errors where TypeScript is installed beside it.
 * The locustfile was loaded by then; problems of loading are errors of their own.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { escapeControls } from "../../base/text.ts";
import type {
  CustomArgument,
  LocustfileDescription,
  TaskDescription,
  UserClassDescription,
} from "../../protocol/locustfile_description.ts";

/** Classes, tasks with weights and tags, shapes, options and warnings. Pure. */
export function formatDescription(description: LocustfileDescription, files: readonly string[]): string {
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
    ...(description.arguments.length === 0
      ? []
      : [["Options", ...description.arguments.map(formatArgument)].join("\n")]),
    ...(description.warnings.length === 0
      ? []
      : [["Warnings", ...description.warnings.map((warning) => `  ${warning}`)].join("\n")]),
  ];
  return `${escapeLines(sections.join("\n\n"))}\n`;
}

function formatClass(userClass: UserClassDescription): string {
  const facts = [
    userClass.fixedCount > 0 ? `exactly ${userClass.fixedCount}` : `weight ${userClass.weight}`,
    ...(userClass.host !== undefined ? [`host ${userClass.host}`] : userClass.needsHost ? ["needs -H"] : []),
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

function escapeLines(text: string): string {
  return text.split("\n").map(escapeControls).join("\n");
}

export type TypeCheck =
  | { readonly kind: "passed"; readonly compiler: string }
  | { readonly kind: "failed"; readonly output: string }
  | { readonly kind: "absent" };

/** A compiler that takes longer than this is not waited for. */
const TYPE_CHECK_TIMEOUT_MS = 120_000;

/** Runs the TypeScript compiler that is installed nearest to the locustfile, with the project's own settings. */
export async function checkTypes(file: string): Promise<TypeCheck> {
  const compiler = findUpwards(dirname(file), join("node_modules", ".bin", "tsc"));
  if (compiler === undefined) return { kind: "absent" };
  const project = findUpwards(dirname(file), "tsconfig.json");
  const flags = project === undefined
    ? ["--noEmit", "--skipLibCheck", "--target", "esnext", "--module", "esnext", "--moduleResolution", "bundler", file]
    : ["--noEmit", "--project", project];
  const { code, output } = await capture(compiler, flags, dirname(file));
  return code === 0 ? { kind: "passed", compiler } : { kind: "failed", output };
}

function findUpwards(from: string, name: string): string | undefined {
  for (let folder = from;; folder = dirname(folder)) {
    const path = join(folder, name);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}

function capture(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: TYPE_CHECK_TIMEOUT_MS });
    let output = "";
    const add = (chunk: unknown) => output += String(chunk);
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    child.on("error", (error) => resolve({ code: null, output: `Cannot start ${program}: ${error.message}\n` }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** The last part of `check`'s answer. */
export function formatTypeCheck(outcome: TypeCheck): string {
  switch (outcome.kind) {
    case "passed":
      return "\nTypes: correct\n";
    case "absent":
      return "\nTypes: not checked, because no TypeScript is installed beside the locustfile (npm install -D typescript)\n";
    case "failed":
      return `\nTypes: wrong\n${escapeLines(outcome.output.trimEnd())}\n`;
  }
}
