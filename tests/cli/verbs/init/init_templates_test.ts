// The projects of all templates, as written: correct for the oldest and the newest compiler, and each of their files for its reader.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { parseCommandLine } from "../../../../src/cli/options/parse_command_line.ts";
import { writeProject } from "../../../../src/cli/verbs/init/init.ts";
import { ALL_TEMPLATES, type Template, templateNamed } from "../../../../src/cli/verbs/init/init_templates.ts";
import { collectNodeTypes, type NodeTypes } from "../../../../src/platform/node_types.ts";
import { parseThreshold } from "../../../../src/stats/thresholds/parse_threshold.ts";
import { makeKeptFolder } from "../../../support/kept_folder.ts";

const MODULES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const ACTION = fileURLToPath(new URL("../../../../action.yml", import.meta.url));

/** What the extension for Bun takes of a configuration that launches something. */
const LAUNCH_ATTRIBUTES = [
  "args",
  "cwd",
  "name",
  "program",
  "request",
  "runtime",
  "runtimeArgs",
  "stopOnEntry",
  "type",
];

for (const compiler of ["typescript", "typescript-oldest"]) {
  test(`all templates are correct for ${compiler}`, () => {
    const folder = writeTemplate(templateNamed("http"), collectNodeTypes(MODULES));
    for (const { name, text } of ALL_TEMPLATES) writeFileSync(join(folder, `${name}.ts`), text);
    const tsc = `${MODULES}/${compiler}/bin/tsc`;
    const { status, stdout } = spawnSync("node", [tsc, "--project", "."], { cwd: folder, encoding: "utf8" });
    assert.deepEqual([status, stdout], [0, ""]);
  });
}

function writeTemplate(template: Template, nodeTypes?: NodeTypes): string {
  const folder = makeKeptFolder();
  writeProject({ cwd: folder, folder: ".", overwrite: "never", template, version: "1.2.3", nodeTypes });
  return folder;
}

for (const template of ALL_TEMPLATES) {
  describe(`the template ${template.name}`, () => {
    let folder = "";
    const read = (path: string) => readFileSync(join(folder, path), "utf8");
    before(() => {
      folder = writeTemplate(template);
    });

    test("has the user classes that the rest of the project names, and no others", () => {
      const exported = [...read("locustfile.ts").matchAll(/^export class (\w+) extends (?:\w*User)\b/gm)];
      assert.deepEqual(exported.map(([, name]) => name), template.userClasses);
    });

    test("has a command line and thresholds that are understood", () => {
      const argv = ["run", "locustfile.ts", "-H", "http://localhost:8000", ...template.load.split(" ").filter(Boolean)];
      const command = parseCommandLine({ argv, env: {}, configs: [] });
      assert.deepEqual(command.kind === "problems" ? command.problems : [], []);
      for (const threshold of template.thresholds) parseThreshold(threshold);
    });

    test("launch.json starts the debugger for each class by what the extension knows", () => {
      const { version, configurations } = JSON.parse(read(".vscode/launch.json"));
      assert.equal(version, "0.2.0");
      assert.equal(configurations.length, template.userClasses.length);
      for (const [index, configuration] of configurations.entries()) {
        assert.deepEqual(Object.keys(configuration).toSorted(), LAUNCH_ATTRIBUTES);
        const { type, request, runtime, runtimeArgs, program, args } = configuration;
        assert.deepEqual([type, request, runtime], ["bun", "launch", "locust-ts"]);
        const argv = [...runtimeArgs, program.replace("${workspaceFolder}", folder), ...args];
        const command = parseCommandLine({ argv, env: {}, configs: [] });
        assert.equal(command.kind, "debug");
        assert.ok(command.kind === "debug");
        assert.equal(command.options.userClass, template.userClasses[index]);
        assert.equal(command.options.locustfile, join(folder, "locustfile.ts"));
      }
      assert.deepEqual(JSON.parse(read(".vscode/extensions.json")), { recommendations: ["oven.bun-vscode"] });
    });

    test("the workflow is YAML that uses the action with inputs that it has", () => {
      const workflow = parse(read(".github/workflows/load-test.yml"));
      assert.deepEqual(Object.keys(workflow), ["name", "on", "permissions", "concurrency", "jobs"]);
      assert.deepEqual(Object.keys(workflow.on), ["pull_request", "workflow_dispatch"]);
      const { steps, ...job } = workflow.jobs["load-test"];
      assert.deepEqual(job, { "runs-on": "ubuntu-latest", "timeout-minutes": 15 });
      assert.deepEqual(steps[0], { uses: "actions/checkout@v4" });
      const { uses, with: inputs } = steps[1];
      assert.equal(uses, "OWNER/locust-ts@v1.2.3");
      const action = parse(readFileSync(ACTION, "utf8"));
      assert.deepEqual(Object.keys(inputs).filter((name) => !(name in action.inputs)), []);
      assert.equal(inputs.locustfile, "locustfile.ts");
      assert.equal(inputs.args, `-H http://localhost:8000 ${template.load}`.trim());
      assert.deepEqual(inputs.thresholds.trim().split("\n"), template.thresholds);
    });
  });
}
