/** Custom messages arrive with the same types in threads of this process and over the wire, or are refused where they are sent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../support/free_port.ts";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";

const LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
import { inspect } from "node:util";
const circle: Record<string, unknown> = {};
circle.self = circle;
const VALUES: Record<string, unknown> = {
  map: new Map<unknown, unknown>([["a", new Set([1, 2n])], [{ k: 1 }, new Date(5)]]),
  set: new Set(["x", undefined]),
  date: new Date(1e12),
  invalidDate: new Date(NaN),
  bigint: [2n ** 70n, -(2n ** 65n)],
  bytes: new Uint8Array([0, 128, 255]),
  floats: new Float64Array([1.5, NaN]),
  part: new Int16Array([1, 2, 3]).subarray(1),
  buffer: new Uint8Array([9]).buffer,
  numbers: [NaN, -0, Infinity],
  nothing: [undefined, null, { a: undefined }],
  text: "\\u{1F600}\\0é",
  pattern: /a+/gi,
  error: new RangeError("too far"),
};
const REFUSED: Record<string, unknown> = { function: () => 1, symbol: Symbol("s"), promise: Promise.resolve(1), circle };
const show = (value: unknown) => value instanceof Error ? String(value) : inspect(value, { depth: 5, breakLength: Infinity });
events.init.addListener(({ environment }) => {
  environment.runner!.registerMessage("value", ({ data }: any) => console.log("GOT", data.kind, show(data.value)));
});
events.testStart.addListener(({ environment }) => {
  const runner: any = environment.runner;
  if (runner.role !== "worker") return;
  for (const [kind, value] of Object.entries(VALUES)) {
    console.log("SENT", kind, show(value));
    runner.sendMessage("value", { kind, value });
  }
  const attempt = (kind: string, send: () => void) => {
    try { send(); console.log("ACCEPTED", kind); } catch (error) { console.log("REFUSED", kind, (error as Error).message); }
  };
  for (const [kind, value] of Object.entries(REFUSED)) attempt(kind, () => runner.sendMessage("value", { kind, value }));
  for (const type of [7, null, undefined, {}, true]) attempt("type", () => runner.sendMessage(type, 1));
});
export class Idle extends User { waitTime = constant(1); @task idle() {} }`;

function check(stdout: string): void {
  const lines = (word: string) =>
    [...stdout.matchAll(new RegExp(`^${word} (.*)$`, "gm"))].map((match) => match[1]).sort();
  assert.equal(lines("SENT").length, 14, stdout);
  assert.deepEqual(lines("GOT"), lines("SENT"));
  assert.deepEqual(lines("ACCEPTED"), []);
  const refused = lines("REFUSED").join("\n");
  for (const kind of ["function", "symbol", "promise", "circle"]) {
    assert.match(
      refused,
      new RegExp(`^${kind} Cannot send message "value": data\\.value\\S* is .*; send plain data`, "m"),
    );
  }
  for (const what of ["7", "null", "undefined", "an object", "true"]) {
    assert.match(refused, new RegExp(`^type Cannot send a message whose type is ${what}; use a text`, "m"));
  }
}

test("values of a message arrive from a thread as they were sent, or are refused at sendMessage", async () => {
  const cwd = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const run = ["run", "locustfile.ts", "-t", "1s", "--processes", "1", "--only-summary", "--journal", "none"];
  check((await runCli(run, { cwd })).stdout);
});

test("values of a message arrive from a worker of another process as they were sent, or are refused at sendMessage", async () => {
  const port = String(await freePort());
  const cwd = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const bind = ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--expect-workers", "1"];
  const run = ["run", "locustfile.ts", ...bind, "-t", "1s", "--only-summary", "--journal", "none"];
  const master = startCli(run, { cwd });
  const worker = startCli(["worker", "--master-port", port, "--processes", "1"], { cwd: writeFiles({}) });
  const [ofMaster, ofWorker] = await Promise.all([master.ended, worker.ended]);
  check(ofMaster.stdout + ofWorker.stdout);
});
