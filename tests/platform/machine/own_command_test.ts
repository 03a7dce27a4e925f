import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { typedProgram } from "../../../src/platform/machine/own_command.ts";
import { makeKeptFolder } from "../../support/kept_folder.ts";

test("typedProgram() is the name where a shell finds it, else the executable's path", () => {
  const folder = makeKeptFolder();
  const executable = join(folder, "dist", "locust-ts");
  assert.equal(typedProgram(folder, folder, executable), "dist/locust-ts");
  assert.equal(typedProgram(join(folder, "dist"), undefined, executable), "./locust-ts");
  assert.equal(typedProgram(join(folder, "other"), "", executable), executable);
  writeFileSync(join(folder, "locust-ts"), "");
  assert.equal(typedProgram(folder, `/nowhere:${folder}`, executable), "locust-ts");
  assert.equal(typedProgram(folder, "", undefined), "locust-ts", "from source");
});
