/**
 * The files with which Visual Studio Code debugs one user: `locust-ts debug` under the debugger of the extension for Bun, whose
 * runtime the executable has. The extension starts `RUNTIME RUNTIME_ARGS PROGRAM ARGS` and connects by `BUN_INSPECT`. Pure.
 */

export interface ProjectFile {
  readonly path: string; // relative to the project
  readonly text: string;
}

/** Publisher and name of the extension. */
const EXTENSION = "oven.bun-vscode";

/** One configuration for each class; without classes one for a file whose only class needs no name. */
export function createEditorFiles(locustfile: string, userClasses: readonly string[]): readonly ProjectFile[] {
  const configurations = userClasses.length === 0
    ? [createConfiguration("Debug one user", locustfile, [])]
    : userClasses.map((name) => createConfiguration(`Debug one ${name}`, locustfile, [name]));
  return [
    { path: ".vscode/launch.json", text: formatJson({ version: "0.2.0", configurations }) },
    { path: ".vscode/extensions.json", text: formatJson({ recommendations: [EXTENSION] }) },
  ];
}

function createConfiguration(name: string, locustfile: string, args: readonly string[]): object {
  return {
    type: "bun",
    request: "launch",
    name,
    runtime: "locust-ts",
    runtimeArgs: ["debug"],
    program: `\${workspaceFolder}/${locustfile}`,
    args: [...args, "-H", "http://localhost:8000"],
    cwd: "${workspaceFolder}",
    stopOnEntry: false,
  };
}

export function formatJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
