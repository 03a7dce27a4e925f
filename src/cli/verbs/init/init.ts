/**
 * `locust-ts init`: a first project that an editor completes and checks without any install. What is there already stays,
 * unless it is forced. The texts are in `init_files.ts` and its neighbours.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { LocustError } from "../../../base/errors.ts";
import type { NodeTypes } from "../../../platform/node_types.ts";
import { readProjectConfig } from "../../../platform/loading/tsconfig.ts";
import { describeAdditions } from "./init_additions.ts";
import { createProjectFiles, LOCUSTFILE, NODE_TYPES_FOLDER, TYPES_PATH } from "./init_files.ts";
import type { ProjectFile } from "./init_editor.ts";
import type { Template } from "./init_templates.ts";
import { createWorkflow, WORKFLOW_PATH } from "./init_workflow.ts";

export interface InitProject {
  readonly cwd: string;
  readonly folder: string;
  readonly overwrite: "never" | "force";
  readonly template: Template;
  readonly version: string; // ours
  /** How a person who is here calls us; `locust-ts` if not given. */
  readonly program?: string;
  /** Texts of `@types/node` by path. */
  readonly nodeTypes?: NodeTypes | undefined;
}

/** Writes the project and says what was done. @throws {LocustError} when a folder cannot be written */
export function writeProject(project: InitProject): string {
  const { cwd, template, version, program = "locust-ts" } = project;
  const folder = resolve(cwd, project.folder);
  const keeps = (path: string) => project.overwrite !== "force" && existsSync(join(folder, path));
  // The copy of Node's types is for the tsconfig.json that names it.
  const keepsConfig = keeps("tsconfig.json");
  const nodeTypes = keepsConfig && !existsSync(join(folder, NODE_TYPES_FOLDER)) ? undefined : project.nodeTypes;
  const userClasses = keeps(LOCUSTFILE) ? [] : template.userClasses;
  // GitHub reads workflows at the root of a repository only. Nothing is written above the folder in which the command is typed.
  const repository = findRepository(folder) ?? folder;
  const root = repository === resolve(cwd) ? repository : folder;
  const typed = { base: folder, shown: project.folder };
  const locustfile = relative(repository, join(folder, LOCUSTFILE)).replaceAll("\\", "/");
  const files = createProjectFiles({ template, userClasses, nodeTypes }).map((file) => writeFile(file, typed, project));
  const workflow = writeFile(
    { path: WORKFLOW_PATH, text: createWorkflow({ template, locustfile, version }) },
    root === folder ? typed : { base: root, shown: "." },
    project,
  );
  const lines = [...new Set(files), workflow];
  const isAnyKept = lines.some((line) => line.startsWith("  kept"));
  const additions = keepsConfig ? describeAdditions(readProjectConfig(join(folder, "tsconfig.json"))) : [];
  return [
    ...lines,
    ...(isAnyKept ? ["", "Files that were kept can be replaced with --force."] : []),
    ...additions,
    ...describeWorkflow(workflow, repository, root),
    "",
    "Try it, in two terminals:",
    `  ${program} demo`,
    `  ${program} run ${join(project.folder, LOCUSTFILE)} -H http://localhost:8000 ${template.load}`.trimEnd(),
    "",
  ].join("\n");
}

/** The nearest folder from here upwards that is the root of a git repository. */
function findRepository(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : findRepository(above);
}

/** What has to be done before GitHub can run the workflow. */
function describeWorkflow(line: string, repository: string, root: string): readonly string[] {
  if (line.startsWith("  kept")) return [];
  const move = repository === root ? "" : `move it to .github/workflows in ${repository}, `;
  return [
    "",
    `Before GitHub runs the workflow: ${move}write in it who publishes locust-ts (OWNER), and start your system.`,
  ];
}

/** Writes one file, or keeps what is there. Returns the line about it. */
function writeFile(
  { path, text }: ProjectFile,
  { base, shown }: { readonly base: string; readonly shown: string },
  { overwrite }: InitProject,
): string {
  const target = join(base, path);
  const isThere = existsSync(target);
  const isOfNode = path.startsWith(`${NODE_TYPES_FOLDER}/`);
  // Types follow the executable: an old copy would contradict it.
  const mayWrite = !isThere || overwrite === "force" || path === TYPES_PATH || isOfNode;
  if (mayWrite) writeText(target, text);
  const named = isOfNode ? `${NODE_TYPES_FOLDER}/` : path;
  return `  ${!mayWrite ? "kept   " : isThere ? "renewed" : "wrote  "} ${join(shown, named)}`;
}

function writeText(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new LocustError(`Cannot write "${path}": ${code}; choose another folder`, { code: "cannot_write", cause });
  }
}
