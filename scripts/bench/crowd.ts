/**
 * Measures what one request costs the program by the number of its users: all of it but the kernel's part (`made_up_ring.ts`), in µs of CPU of the thread of users.
 * Each measurement is a process of its own, because compilers and collectors differ from one to the next; the CPU time of the thread leaves out
 * what else the machine does. Still, only figures of the same minutes compare: neighbours take the memory and the caches that many users need.
 *
 *     chrt -f 1 bun scripts/bench/crowd.ts [--users 50,1000,10000] [--rounds 7] [--lines 64] [--against FOLDER]
 *
 * `--lines`: so many lines of the caches the made-up kernel reads per answer, of memory that each connection has. `--against`: another
 * tree of this project, by turns. Not on one core in real time: the compiler would never have its turn.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MadeUpRing } from "./made_up_ring.ts";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "50,1000,10000" },
    rounds: { type: "string", default: "7" },
    lines: { type: "string", default: "64" },
    against: { type: "string" },
    measure: { type: "string" },
  },
});
const OWN = fileURLToPath(new URL("../..", import.meta.url));
const HOST = "http://127.0.0.1:8000";
const WARM_UP_MS = 1500;
const PART_MS = 400;
const PARTS = 4;
/** As long as users may hold up the thread's loop. */
const TURN_MS = 1;
const CLOCK_THREAD_CPUTIME = 3;

if (values.measure !== undefined) await measureOne(values.measure, Number(values.users), Number(values.lines));
else {for (const users of values.users.split(",")) {
    compare(users, values.against === undefined ? [OWN] : [values.against, OWN]);
  }}

function compare(users: string, trees: readonly string[]): void {
  const times = trees.map((): number[] => []);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [index, tree] of trees.entries()) {
      const args = [fileURLToPath(import.meta.url), "--measure", tree, "--users", users, "--lines", values.lines];
      times[index]?.push(...JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as number[]);
    }
  }
  for (const [index, tree] of trees.entries()) {
    const sorted = times[index]!.toSorted((a, b) => a - b);
    const [fastest = NaN, median = NaN] = [sorted[0], sorted[sorted.length >> 1]];
    console.log(`${users} users, ${tree}: fastest ${fastest.toFixed(3)} µs, median ${median.toFixed(3)} µs`);
  }
}

/** Prints the cost of a request in each part of the run. */
async function measureOne(tree: string, users: number, lines: number): Promise<void> {
  const load = (path: string) => import(join(tree, path));
  const { openLibc } = await load("src/platform/linux/libc.ts") as typeof import("../../src/platform/linux/libc.ts");
  const { RingLoop } = await load("src/platform/linux/ring_loop.ts");
  const { RingSocket } = await load("src/platform/linux/ring_socket.ts");
  const libc = openLibc();
  if (libc === undefined) throw new Error("Cannot measure here: sockets of our own need Bun and Linux");
  const ring = new MadeUpRing(libc, users, lines);
  const loop = new RingLoop(ring.kernel, -1);
  loop.live({ queued() {}, socketOpened() {}, socketClosed() {}, isInBusyTurn: true });
  loop.disarm();
  const name = new Uint8Array(16);
  const connectSocket = (_address: unknown, receiver: unknown) =>
    new Promise((resolve, reject) => {
      new RingSocket(loop, receiver).open(1, name, { socket: undefined, opened: resolve, failed: reject });
    });
  await startUsers(load, connectSocket, users);

  const { drainMicrotasks } = process.getBuiltinModule("bun:jsc") as unknown as { drainMicrotasks(): void };
  const workFor = async (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until;) {
      for (const turn = performance.now() + TURN_MS; performance.now() < turn;) {
        loop.round("none");
        drainMicrotasks();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const time = new Uint32Array(4);
  const cpuUs = () => {
    libc.clock_gettime(CLOCK_THREAD_CPUTIME, time);
    return time[0]! * 1e6 + time[2]! / 1e3;
  };
  await workFor(WARM_UP_MS);
  const parts: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const [beforeUs, before] = [cpuUs(), ring.answered];
    await workFor(PART_MS);
    parts.push((cpuUs() - beforeUs) / (ring.answered - before));
  }
  console.log(JSON.stringify(parts));
  process.exit();
}

/** Users without a wait time, as a thread of a run starts them. */
async function startUsers(
  load: (path: string) => ReturnType<typeof JSON.parse>,
  connectSocket: unknown,
  users: number,
): Promise<void> {
  const { FastHttpUser, Environment, task } = await load("mod.ts");
  const { settingsOf } = await load("src/user/session_settings.ts");
  const { createRunContext } = await load("src/user/lifecycle/run_context.ts");
  const { startUser } = await load("src/user/running/start_user.ts");
  const { Recorder } = await load("src/stats/recording/recorder.ts");
  const { systemClock } = await load("src/base/clock.ts");
  class Visitor extends FastHttpUser {
    async visit(): Promise<void> {
      await this.client.get("/");
    }
  }
  task(Visitor.prototype.visit);
  settingsOf(Visitor, HOST, () => ({ connectSocket })); // kept: its users connect by that
  const runContext = createRunContext({
    environment: new Environment({ userClasses: [Visitor], host: HOST }),
    clock: systemClock,
    recorder: new Recorder({ clock: systemClock }),
    activity: new Int32Array(4),
    watch: { lookedUp() {}, connected() {}, queued() {}, called() {}, paced() {} },
  });
  for (let index = 0; index < users; index++) startUser({ runContext, userClass: Visitor, index });
}
