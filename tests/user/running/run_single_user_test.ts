import assert from "node:assert/strict";
import { test } from "node:test";
import { StopUser } from "../../../src/http/session/control_flow.ts";
import { tag, task } from "../../../src/user/tasks/decorators.ts";
import { Events } from "../../../src/user/events/events.ts";
import { runSingleUser } from "../../../src/user/running/run_single_user.ts";
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
