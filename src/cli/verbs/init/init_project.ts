/** `locust-ts init`: which template, and then the files. */
import { typedProgram } from "../../../platform/machine/own_command.ts";
import { readNodeTypes } from "../../../platform/node_types.ts";
import { TEMPLATE_NAMES } from "../../options/table/verbs.ts";
import { chooseTemplate, type Dialogue } from "./choose_template.ts";
import { writeProject } from "./init.ts";
import { templateNamed } from "./init_templates.ts";
import type { InitOptions } from "../../options/simple_verbs.ts";

export interface InitDeps {
  readonly cwd: string;
  readonly version: string; // ours
  /** Folders in which a shell looks for commands, as in `PATH`. */
  readonly path: string | undefined;
  readonly print: Dialogue["print"];
  /** Absent where no person sits at a terminal: nothing is asked. */
  readonly readLine: Dialogue["readLine"] | undefined;
}

/** Writes the project. Resolves to what was done, for a person. */
export async function initProject({ folder, force, template }: InitOptions, deps: InitDeps): Promise<string> {
  const { cwd, version, print, readLine } = deps;
  const chosen = template ?? (readLine === undefined ? TEMPLATE_NAMES[0] : await chooseTemplate({ print, readLine }));
  return writeProject({
    cwd,
    folder,
    overwrite: force ? "force" : "never",
    template: templateNamed(chosen),
    version,
    program: typedProgram(cwd, deps.path),
    nodeTypes: await readNodeTypes(),
  });
}
