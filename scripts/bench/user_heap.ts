/**
 * Counts what an idle user consists of: the objects of the JavaScript heap that 3,000 connected users in their wait keep, after a full
 * collection, each kind by its number per user. Steadier than resident memory, which also holds what the collector has not given back.
 *
 *     node_modules/.bin/bun scripts/bench/user_heap.ts
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { constant, createLocalRunner, Environment, FastHttpUser, HttpUser, task } from "../../mod.ts";

interface HeapStats {
  readonly heapSize: number;
  readonly objectTypeCounts: Readonly<Record<string, number>>;
}

const USERS = 3000;
/** Users that are there before: what is made once for all is no part of one. */
const FIRST = 100;

const { heapStats, gcAndSweep } = await import(["bun", "jsc"].join(":")) as {
  heapStats(): HeapStats;
  gcAndSweep(): void;
};
/** In a process of its own: its sockets are no part of a user. It keeps idle connections, however long the measurement takes. */
const SERVER = `require("node:http").createServer({ keepAliveTimeout: 600_000 }, (_, response) => response.end("ok"))
  .listen(0, "127.0.0.1", function () { console.log(this.address().port) });`;
const server = spawn(process.execPath, ["-e", SERVER], { stdio: ["ignore", "pipe", "inherit"] });
const port = await new Promise<string>((resolve) => server.stdout.once("data", (text) => resolve(String(text).trim())));
const host = `http://127.0.0.1:${port}`;

class FastVisitor extends FastHttpUser {
  override waitTime = constant(600);
  visit() {
    return this.client.get("/");
  }
}
task(FastVisitor.prototype.visit);

class Visitor extends HttpUser {
  override waitTime = constant(600);
  visit() {
    return this.client.get("/");
  }
}
task(Visitor.prototype.visit);

/** The first class is measured twice: in a process that is new, compiled code is a part of the difference. */
const measured = [["FastHttpUser, first", FastVisitor], ["FastHttpUser", FastVisitor], ["HttpUser", Visitor]] as const;

for (const [name, userClass] of measured) {
  const runner = createLocalRunner(new Environment({ userClasses: [userClass], host }));
  const settleAt = async (users: number) => {
    await runner.start(users, 1000);
    while (runner.stats.total.numRequests < users) await pause(100);
    for (let i = 0; i < 5; i++) {
      await pause(200);
      gcAndSweep();
    }
    return heapStats();
  };
  const before = await settleAt(FIRST);
  const after = await settleAt(FIRST + USERS);
  const kinds = Object.entries(after.objectTypeCounts)
    .map(([kind, count]) => [kind, (count - (before.objectTypeCounts[kind] ?? 0)) / USERS] as const)
    .filter(([, each]) => each > 0.5)
    .toSorted(([, a], [, b]) => b - a);
  console.log(`${name}: ${Math.round((after.heapSize - before.heapSize) / USERS)} bytes of heap per user`);
  for (const [kind, each] of kinds) console.log(`  ${each.toFixed(1)} × ${kind}`);
  await runner.quit();
}
server.kill();

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
