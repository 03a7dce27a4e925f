/**
 * What user code may throw, assign and declare, in one run of many classes: every value ends as a success, a failure or an exception
 * with file and line; no user vanishes, and none floods the log.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openHttpSystem } from "../support/http_system.ts";
import { type CliResult, runCli, writeFiles } from "../support/run_cli.ts";

async function run(locustfile: string, args: readonly string[]): Promise<CliResult> {
  const cwd = writeFiles({ "locustfile.ts": locustfile });
  const load = ["run", "locustfile.ts", "--processes", "1", "--only-summary", "--journal", "none", "--allow-short"];
  return await runCli([...load, ...args], { cwd });
}

/** The table of exceptions on one line, wrapped texts put together. */
function exceptionsOf({ stdout }: CliResult): string {
  return stdout.slice(stdout.indexOf("User exceptions"), stdout.indexOf("Verdict")).replace(/\s+/g, " ");
}

test("whatever is thrown is a failure or an exception, in tasks, measure, rest, catchResponse and listeners", async () => {
  await using system = await openHttpSystem();
  const result = await run(
    `import { constant, events, HttpUser, StopUser, task } from "locust-ts";
const VALUES = [undefined, null, 0, "", "a text", { code: 7 }, Symbol("s"), 5n];
const throwing = (value: unknown) => { throw value; };
let listened = 0;
events.request.addListener(({ name }) => { if (name === "/listened") throwing(VALUES[listened++ % 8]); });
export class Thrower extends HttpUser {
  waitTime = constant(0.01);
  count = 0;
  @task async every() {
    const value = VALUES[this.count];
    if (this.count++ === VALUES.length) throw new StopUser();
    const at = { name: "/caught" };
    await this.environment.events.request.measure("M", "measured", () => throwing(value)).catch(() => {});
    await this.client.get("/a", { ...at, catchResponse: () => throwing(value) }).catch(() => {});
    await this.rest("GET", "/b", { name: "/rest" }, () => throwing(value)).catch(() => {});
    await this.client.get("/c", { name: "/listened" });
    throw value;
  }
}`,
    ["-H", system.url, "-t", "2s"],
  );
  assert.equal(result.code, 2, result.stderr); // of the listener
  for (const row of [/M +measured +8 +8\(100/, /GET +\/rest +8 +8\(100/, /GET +\/listened +8 +0\(0/]) {
    assert.match(result.stdout, row);
  }
  assert.doesNotMatch(result.stdout, /\/caught/); // an exception that leaves the block reaches the task; nothing is counted
  const exceptions = exceptionsOf(result);
  for (const text of ["undefined", "null", "0", '""', "a text", '{"code":7}', "Symbol(s)", "5"]) {
    assert.ok(exceptions.includes(` ${text}, in Thrower.every`), `${text}: ${exceptions}`);
  }
});

test("an exception in a class field, a constructor or an accessor is reported with file and line", async () => {
  const { code, stdout, stderr } = await run(
    `import { constant, task, TaskSet, User } from "locust-ts";
const settings: any = {};
const read = (name: string) => settings.files[name];
abstract class Base extends User {
  waitTime = constant(0.5);
  @task async work() {}
}
export class Direct extends Base {
  token = settings.user.token;
}
export class Called extends Base {
  rows = read("users.csv");
}
export class Private extends Base {
  #first = [].map(String)[0]!.length;
}
export class Missing extends Base {
  one = 1;
  two = process.env.ABSENT_VARIABLE!.length > 0 ? 1 : 2;
}
export class Constructed extends Base {
  constructor(environment: any) {
    super(environment);
    settings.list[0] = 1;
  }
}
class Shelf extends TaskSet<User> {
  books = read("books.csv");
  @task look() {}
}
export class Nested extends User {
  waitTime = constant(0.5);
  static tasks = [Shelf];
}`,
    ["-u", "6", "-r", "100", "-t", "1s"],
  );
  assert.equal(code, 4, stderr);
  for (
    const place of [
      /Direct\.constructor: TypeError: .*\n +at \S*locustfile\.ts:9:/,
      /Called\.constructor: TypeError: .*\n +at \S*locustfile\.ts:3:\d+ in read/,
      /Private\.constructor: TypeError: .*\n +at \S*locustfile\.ts:15:/,
      /Missing\.constructor: TypeError: .*\n +at \S*locustfile\.ts:19:/,
      /Constructed\.constructor: TypeError: .*\n +at \S*locustfile\.ts:24:/,
      /Nested\.Shelf\.constructor: TypeError: .*\n +at \S*locustfile\.ts:3:\d+ in read/,
    ]
  ) assert.match(stderr, place);
  assert.doesNotMatch(stderr + stdout, /super\(\.\.\.args\)/);
  assert.match(stdout.replace(/\s+/g, " "), /5 users ended in the constructor or in onStart and made no load/);
});

test("control flow where there is nothing to leave: users stay, mistakes are counted and named, broken loops are slowed down", async () => {
  const result = await run(
    `import { constant, InterruptTaskSet, RescheduleTask, StopUser, task, TaskSet, User } from "locust-ts";
const ran = (what: string) => console.log("RAN", what);
export class Own extends User {
  waitTime = constant(0.3);
  @task own() { ran("Own"); throw new InterruptTaskSet(); }
}
export class Start extends User {
  waitTime = constant(0.3);
  onStart() { throw new RescheduleTask(); }
  @task work() { ran("Start"); }
}
export class Stop extends User {
  waitTime = constant(0.3);
  onStop() { throw new InterruptTaskSet(false); }
  @task work() { ran("Stop"); }
}
export class Waiting extends User {
  waitTime = (): number => { throw new InterruptTaskSet(); };
  @task work() { ran("Waiting"); }
}
class Broken extends TaskSet<User> {
  waitTime = (): number => { throw new Error("no time"); };
  @task work() { ran("Broken"); }
}
export class Inner extends User { static tasks = [Broken]; }
class Choosy extends TaskSet<User> {
  getNextTask(): never { throw new Error("no task"); }
  @task work() {}
}
export class Chooser extends User { static tasks = [Choosy]; }
class Guarded extends TaskSet<User> {
  @task assign() {
    for (const name of ["user", "parent"]) {
      try { Object.assign(this, { [name]: 1 }); ran("assigned " + name); } catch (error) { ran((error as Error).message); }
    }
    throw new StopUser();
  }
}
export class Assigner extends User { static tasks = [Guarded]; }`,
    ["-u", "7", "-r", "100", "-t", "2s"],
  );
  const { stdout, stderr } = result;
  const times = (what: string) => stdout.split(`RAN ${what}\n`).length - 1;
  for (const what of ["Own", "Start", "Stop"]) {
    assert.ok(times(what) >= 2 && times(what) <= 60, `${what}: ${times(what)}`); // 6 on a machine of its own, thousands without a wait
  }
  for (const what of ["Waiting", "Broken"]) {
    assert.ok(times(what) >= 5 && times(what) <= 500, `${what}: ${times(what)}`); // without a brake it would be thousands
  }
  const exceptions = exceptionsOf(result);
  assert.match(
    exceptions,
    /interrupt\(\) was called where there is no task set to leave; .*? in Own\.own \S*locustfile\.ts:5:\d+ in own/,
  );
  assert.match(exceptions, /Error: no time, in Inner\.Broken\.waitTime/);
  assert.match(exceptions, /Error: no task, in Chooser\.Choosy\.executeNextTask/);
  assert.match(stderr, /"Waiting\.work" fails at once each time, and its user has no wait time/);
  assert.match(stdout, /RAN Cannot assign to "user" of a task set: it is the user that runs the set; use another name/);
  assert.match(stdout, /RAN Cannot assign to "parent" of a task set/);
  assert.doesNotMatch(stdout, /RAN assigned/);
});

test("weights of 0 switch off classes, tasks and transitions, with a warning for the class", async () => {
  const { code, stdout, stderr } = await run(
    `import { constant, MarkovTaskSet, task, transition, transitions, User } from "locust-ts";
const count = (user: User, name: string) => user.environment.events.request.measure("T", name, async () => {});
class Walk extends MarkovTaskSet<User> {
  waitTime = constant(0.02);
  @transitions({ second: 1, never: 0 }) async first() { await count(this.user, "first"); }
  @transitions([["first", 2], ["never", 0]]) async second() { await count(this.user, "second"); }
  @transition("first") async never() { await count(this.user, "never"); }
}
export class Off extends User {
  static weight = 0;
  @task async work() { await count(this, "off"); }
}
export class Fixed extends User {
  static weight = 0;
  static fixedCount = 1;
  waitTime = constant(0.02);
  @task async work() { await count(this, "fixed"); }
  @task(0) async rest() { await count(this, "rest"); }
}
export class Walker extends User { static tasks = [Walk]; }`,
    ["-u", "4", "-r", "100", "-t", "1s"],
  );
  assert.equal(code, 0, stderr);
  const rows = [...stdout.matchAll(/^T +(\w+) +\d+ +0\(/gm)].map((match) => match[1]);
  assert.deepEqual(rows, ["first", "fixed", "second"]);
  assert.match(stderr, /WARNING.*\bOff\b.*weight/);
});

test("paced users begin with one task, however long onStart took", async () => {
  const { code, stdout, stderr } = await run(
    `import { constantPacing, constantThroughput, task, User } from "locust-ts";
abstract class Slow extends User {
  begun = 0;
  async onStart() { await new Promise((resolve) => setTimeout(resolve, 1500)); this.begun = performance.now(); }
  @task async work() {
    console.log("AT", this.constructor.name, Math.round(performance.now() - this.begun));
    await this.environment.events.request.measure("T", this.constructor.name, async () => {});
  }
}
export class Paced extends Slow { waitTime = constantPacing(0.8); }
export class Rated extends Slow { waitTime = constantThroughput(1.25); }`,
    ["-u", "2", "-r", "100", "-t", "4s"],
  );
  assert.equal(code, 0, stderr);
  for (const name of ["Paced", "Rated"]) {
    const [first = NaN, second = NaN] = [...stdout.matchAll(new RegExp(`AT ${name} (\\d+)`, "g"))].map((match) =>
      Number(match[1])
    );
    assert.ok(second - first >= 400, `${name}: tasks at ${first} and ${second} ms`); // the pace is 800 ms; a second start at once is 0
  }
});
