import assert from "node:assert/strict";
import { test } from "node:test";
import { StopUser } from "../../../src/http/session/control_flow.ts";
import { tag, task } from "../../../src/user/tasks/decorators.ts";
import { Events } from "../../../src/user/events/events.ts";
import { runSingleUser } from "../../../src/user/running/run_single_user.ts";
import { metrics } from "../../../src/user/measures/metrics.ts";
import { User } from "../../../src/user/user.ts";

function createScene() {
  const events = new Events();
  const lines: string[] = [];
  return { events, lines, print: (line: string) => void lines.push(line) };
}

test("runSingleUser() fires init and testStart, prints a line per request, and resolves when the user ends", async () => {
  const { events, lines, print } = createScene();
  const fired: string[] = [];
  events.init.addListener(({ runner, environment }) => fired.push(`init ${runner} ${environment.host}`));
  events.testStart.addListener(() => fired.push("testStart"));
  events.testStop.addListener(() => fired.push("testStop"));
  class Person extends User {
    @task
    work() {
      const { request } = this.environment.events;
      request.fire({ requestType: "GET", name: "/ok", responseTime: 12.4, responseLength: 7, context: { a: 1 } });
      request.fire({
        requestType: "GET",
        name: "/bad",
        responseTime: null,
        exception: new Error("line one\nline two"),
      });
      throw new StopUser();
    }
  }
  await runSingleUser(Person, { events, print, host: "http://h", includeLength: true, includeContext: true });
  assert.deepEqual(fired, ["init undefined http://h", "testStart"]);
  assert.deepEqual(lines.map((line) => line.split("\t").map((cell) => cell.trim())), [
    ["type", "name", "resp_ms", "resp_length", "exception", "context"],
    ["GET", "/ok", "12", "7", "", '{"a":1}'],
    ["GET", "/bad", "", "0", "Error: line one line two", "{}"],
  ]);
  assert.equal(events.request.hasListeners, false);
});

test("runSingleUser() prints checks, transactions and metrics at its end", async () => {
  const { events, lines, print } = createScene();
  const size = metrics.trend("single: size", "KB");
  const orders = metrics.counter("single: orders");
  const cached = metrics.rate("single: cached");
  const queue = metrics.gauge("single: queue", "jobs");
  class Person extends User {
    @task
    async work() {
      for (const value of [1, 2, 6]) {
        this.check("is small", value < 5);
        size.add(value);
        orders.add(value);
        cached.add(value > 1);
        queue.set(value);
        await this.transaction("pay", () => this.sleep(0.02));
      }
      this.check("has\u001b[2J", true);
      throw new StopUser();
    }
  }
  await runSingleUser(Person, { events, print, host: "http://h" });
  const cells = lines.slice(1).map((line) => line.split("\t").map((cell) => cell.trim()));
  const [pay] = cells.splice(3, 1);
  assert.deepEqual(cells, [
    ["counted", "name", "value", "of"],
    ["check", "has\\x1b[2J", "100.00%", "0 of 1 failed"],
    ["check", "is small", "66.67%", "1 of 3 failed"],
    ["rate", "single: cached", "66.67%", "true in 2 of 3"],
    ["counter", "single: orders", "9", "sum of 3"],
    ["gauge", "single: queue", "6 jobs", "last of 3; 1 jobs to 6 jobs"],
    ["trend", "single: size", "3 KB", "mean of 3; 1 KB to 6 KB"],
  ]);
  assert.match(pay?.join(" ") ?? "", /^transaction pay \d+ ms mean of 3, 0 failed; \d+ ms to \d+ ms, busy \d+ ms$/);
});

test("runSingleUser() honours tags, and ends by its signal", async () => {
  const { events, print } = createScene();
  const ran: string[] = [];
  const controller = new AbortController();
  class Person extends User {
    override async onStop() {
      await Promise.resolve();
      ran.push("onStop");
    }
    @tag("a")
    @task
    async wanted() {
      ran.push("wanted");
      controller.abort();
      await this.sleep(60);
    }
    @task
    unwanted() {
      ran.push("unwanted");
    }
  }
  await runSingleUser(Person, { events, print, tags: ["a"], signal: controller.signal });
  assert.deepEqual(ran, ["wanted", "onStop"]);
});

test("runSingleUser() fails if a listener of init does", async () => {
  const { events, print } = createScene();
  events.init.addListener(() => {
    throw new Error("no config");
  });
  class Person extends User {
    static override tasks = [() => {}];
  }
  await assert.rejects(runSingleUser(Person, { events, print }), /a listener of "init" threw Error: no config/);
});
