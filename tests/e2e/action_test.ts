// The GitHub Action as far as a shell can: its file by a schema, and its steps one after the other, as a runner starts them, with the
// executable from a release on a local server and a system under test that counts.
import { Ajv } from "ajv";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { type CountingServer, startCountingServer } from "../support/counting_server.ts";
import { requireThat, requireTool } from "../support/requirements.ts";
import { productCommand } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const action = parse(readFileSync("action.yml", "utf8")) as Action;
const skip = requireTool("bash", "xargs", "curl") ||
  requireThat(process.platform === "linux" && process.arch === "x64", "needs Linux on x64");

const text = { type: "string" };
const described = (more: Readonly<Record<string, unknown>>) => ({
  type: "object",
  additionalProperties: {
    type: "object",
    properties: { description: text, ...more },
    required: ["description", ...Object.keys(more)],
    additionalProperties: false,
  },
});

/** The part of the metadata syntax of composite actions that this one uses. */
const SCHEMA = {
  type: "object",
  required: ["name", "description", "runs"],
  additionalProperties: false,
  properties: {
    name: text,
    description: text,
    branding: { type: "object", properties: { icon: text, color: text }, additionalProperties: false },
    inputs: described({ default: text }),
    outputs: described({ value: text }),
    runs: {
      type: "object",
      required: ["using", "steps"],
      additionalProperties: false,
      properties: {
        using: { const: "composite" },
        steps: {
          type: "array",
          items: {
            type: "object",
            properties: {
              id: text,
              name: text,
              if: text,
              uses: { type: "string", pattern: "^[\\w.-]+/[\\w.-]+@v\\d+$" },
              with: { type: "object" },
              run: text,
              shell: { const: "bash" },
              env: { type: "object", additionalProperties: text },
            },
            oneOf: [{ required: ["uses"] }, { required: ["run", "shell"] }],
            additionalProperties: false,
          },
        },
      },
    },
  },
};

test("action.yml is a composite action by its schema", () => {
  const validate = new Ajv({ allErrors: true }).compile(SCHEMA);
  assert.ok(validate(action), JSON.stringify(validate.errors));
  assert.equal(validate({ ...action, runs: { ...action.runs, steps: [{ run: "true" }] } }), false, "no shell is named");
});

test("no script of action.yml holds an expression: inputs come as variables, and are never code", () => {
  for (const { run } of action.runs.steps) assert.ok(run === undefined || !run.includes("${{"), run ?? "");
});

let system: CountingServer;
let release: { readonly url: string; readonly requests: string[]; close(): void };
let folder: TempFolder;

before(async () => {
  if (skip !== false) return;
  system = await startCountingServer();
  release = await serveRelease(productCommand()[0]!);
  folder = new TempFolder({
    "load tests/shop.ts": `
      import { constant, FastHttpUser, task } from "locust-ts";
      export class Reader extends FastHttpUser {
        override waitTime = constant(0.05);
        @task async read() { await this.client.get("/read"); }
      }
    `,
  });
});
after(() => {
  if (skip !== false) return;
  release.close();
  folder[Symbol.dispose]();
  return system.close();
});

async function serveRelease(executable: string) {
  const bytes = readFileSync(executable);
  const sums = `${createHash("sha256").update(bytes).digest("hex")}  locust-ts-linux-x64\n`;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    response.end(request.url?.endsWith("SHA256SUMS") ? sums : bytes);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v9`;
  return { url, requests, close: () => void server.close() };
}

interface Outcome {
  readonly code: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly page: string;
}

/** A runner in a few lines: expressions in `env`, files for outputs and the page, steps until one fails. */
async function runAction(inputs: Readonly<Record<string, string>>, actionRef = "main"): Promise<Outcome> {
  const context = new Map<string, string>([["github.action_ref", actionRef], [
    "github.action_repository",
    "o/locust-ts",
  ]]);
  for (const [name, { default: fallback }] of Object.entries(action.inputs)) {
    context.set(`inputs.${name}`, inputs[name] ?? fallback);
  }
  writeFileSync(folder.at("page.md"), "");
  let log = "";
  for (const step of action.runs.steps) {
    if (step.run === undefined) continue; // actions of GitHub's own
    writeFileSync(folder.at("output"), "");
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluate(value, context)] as const);
    const ended = await runStep(step.run, Object.fromEntries(env));
    log += ended.log;
    for (const line of readFileSync(folder.at("output"), "utf8").trim().split("\n")) {
      const at = line.indexOf("=");
      context.set(`steps.${step.id}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
    }
    if (ended.code !== 0) return { ...ended, log, outputs: Object.fromEntries(context), page: page() };
  }
  return { code: 0, log, outputs: Object.fromEntries(context), page: page() };
}

function page(): string {
  return readFileSync(folder.at("page.md"), "utf8");
}

function evaluate(value: string, context: ReadonlyMap<string, string>): string {
  return value.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => context.get(name) ?? "");
}

function runStep(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly log: string }> {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: folder.path,
    env: {
      PATH: process.env["PATH"],
      HOME: folder.path,
      NO_COLOR: "1",
      no_proxy: "127.0.0.1",
      GITHUB_ACTION_PATH: resolve("."),
      GITHUB_OUTPUT: folder.at("output"),
      GITHUB_STEP_SUMMARY: folder.at("page.md"),
      RUNNER_TOOL_CACHE: folder.at("tools"),
      ...env,
    },
  });
  let log = "";
  child.stdout.on("data", (chunk) => log += chunk);
  child.stderr.on("data", (chunk) => log += chunk);
  return new Promise((ended) => child.on("close", (code) => ended({ code: code ?? -1, log })));
}

const RUN = () => ({
  locustfile: "load tests/shop.ts",
  "base-url": release.url,
  args: `-H ${system.url} -u 2 -r 2 -t 2s`,
});

test(
  "the action installs, runs, writes the page and keeps the files; a second run needs no download",
  { skip },
  async () => {
    const first = await runAction({ ...RUN(), thresholds: "failures<1%\n\nGET /read: p95<10s\n" });
    assert.equal(first.code, 0, first.log);
    assert.equal(first.outputs["steps.run.outputs.exit-code"], "0");
    assert.match(first.page, /\/read/);
    for (const name of ["report.html", "summary.md", "summary.json", "junit.xml"]) {
      assert.ok(statSync(folder.at(`locust-ts-results/${name}`)).size > 0, name);
    }
    assert.ok(system.total() > 0);
    const downloads = release.requests.length;
    const second = await runAction(RUN());
    assert.equal(second.code, 0, second.log);
    assert.equal(release.requests.length, downloads);
  },
);

test("the action fails with the code of the run when thresholds are not met", { skip }, async () => {
  const { code, log, outputs, page } = await runAction({ ...RUN(), thresholds: "GET /read: p95<0.001ms" });
  assert.equal(code, 3, log);
  assert.equal(outputs["steps.run.outputs.exit-code"], "3");
  assert.match(log, /::error::The load test did not meet its thresholds/);
  assert.match(page, /p95/);
});

test("the action takes quotes in args, and expands and runs nothing", { skip }, async () => {
  const args = `${RUN().args} --threshold 'failures<1%, p95<10s' --tags "$(touch ran)" --exclude-tags \`touch ran\``;
  const { log } = await runAction({ ...RUN(), args });
  assert.ok(!existsSync(folder.at("ran")), log);
  const { code, log: words } = await runAction({ ...RUN(), args: "--threshold 'p95<1s" });
  assert.equal(code, 2);
  assert.match(words, /::error::Cannot read the input args: its quotes do not match/);
});

test("a run that does not start says so on the page", { skip }, async () => {
  const { code, page } = await runAction({ ...RUN(), locustfile: "not-there.ts" });
  assert.equal(code, 2);
  assert.match(page, /exit code 2 before there was a summary/);
});

test("the version is that of the tag by which the action is used, or the input", { skip }, async () => {
  const found = async (inputs: Readonly<Record<string, string>>, ref: string) => {
    const { outputs } = await runAction({ ...inputs, locustfile: "none.ts" }, ref);
    return [outputs["steps.release.outputs.version"], outputs["steps.release.outputs.base-url"]];
  };
  assert.deepEqual(await found({ "base-url": release.url }, "v1.2.3"), ["1.2.3", release.url]);
  assert.deepEqual(await found({ "base-url": release.url, version: "v2.0.0" }, "v1.2.3"), ["2.0.0", release.url]);
  const none = await runAction({}, "main");
  assert.equal(none.code, 2);
  assert.match(none.log, /::error::Cannot find a release of locust-ts: the action is used by "main"/);
});
