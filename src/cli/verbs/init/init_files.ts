/**
 * The texts of the project that `locust-ts init` writes, but for the locustfile (`init_templates.ts`), the files of the editor
 * (`init_editor.ts`) and the workflow (`init_workflow.ts`). Pure.
 *
 * Our types are one file of ambient modules that tsconfig.json includes: an editor finds them without node_modules and without
 * `paths`, which the runtime would follow too. Node's types are a copy of `@types/node` beside them.
 */

import type { NodeTypes } from "../../../platform/node_types.ts";
import { createEditorFiles, formatJson, type ProjectFile } from "./init_editor.ts";
import type { Template } from "./init_templates.ts";
import declarations from "../locust_ts_types.txt" with { type: "text" }; // made by scripts/declarations.ts

export const LOCUSTFILE = "locustfile.ts";

/** Where the types go; renewed whenever `init` runs again, so that they follow the executable. */
export const TYPES_PATH = "types/locust-ts.d.ts";

/** The offline copy of `@types/node`; an install brings the same. */
export const NODE_TYPES_FOLDER = "types/node";

export interface ProjectOptions {
  readonly template: Template;
  /** User classes of the locustfile, for the debugger; none where the file is the user's own. */
  readonly userClasses: readonly string[];
  /** Texts by path within the package; without them the project's own install has to bring them. */
  readonly nodeTypes?: NodeTypes | undefined;
}

export function createProjectFiles({ template, userClasses, nodeTypes = {} }: ProjectOptions): readonly ProjectFile[] {
  return [
    { path: LOCUSTFILE, text: template.text },
    { path: "package.json", text: formatJson(createPackage(nodeTypes)) },
    { path: "tsconfig.json", text: formatJson(createTsconfig(nodeTypes)) },
    { path: TYPES_PATH, text: declarations },
    ...Object.entries(nodeTypes).map(([path, text]) => ({ path: `${NODE_TYPES_FOLDER}/${path}`, text })),
    {
      path: ".gitignore",
      text:
        `node_modules/\n${NODE_TYPES_FOLDER}/\nlocust-ts-results/\n*.ndjson\n*_stats.csv\n*_stats_history.csv\n*_failures.csv\n*_exceptions.csv\n`,
    },
    ...createEditorFiles(LOCUSTFILE, userClasses),
  ];
}

/** After a checkout an install brings the types that are not in version control. */
function createPackage(nodeTypes: NodeTypes): object {
  const { version } = JSON.parse(nodeTypes["package.json"] ?? "{}") as { readonly version?: string };
  return {
    name: "load-test",
    private: true,
    type: "module",
    ...(version === undefined ? {} : { devDependencies: { "@types/node": version } }),
  };
}

function createTsconfig(nodeTypes: NodeTypes): object {
  const types = Object.keys(nodeTypes).length === 0
    ? { types: [] }
    : { typeRoots: ["./types", "./node_modules/@types"], types: ["node"] };
  return { ...TSCONFIG, compilerOptions: { ...TSCONFIG.compilerOptions, ...types } };
}

const TSCONFIG = {
  compilerOptions: {
    target: "esnext",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["esnext", "dom", "dom.iterable"],
    strict: true,
    noImplicitOverride: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
  },
  include: ["**/*.ts", "**/*.mts"],
  exclude: ["node_modules", NODE_TYPES_FOLDER],
};
