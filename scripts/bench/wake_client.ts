/**
 * The clients of `scripts/bench/wake.ts`, each in a process of its own: one waits for messages that carry the time of their sending, one makes requests
 * as fast as it can beside timers. Prints its figures as JSON.
 *
 *     bun scripts/bench/wake_client.ts ready KIND PORT SECONDS | timers KIND URL SECONDS
 */
import process from "node:process";
import { systemClock } from "../../src/base/clock.ts";
import type { SocketChoice } from "../../src/base/socket_kind.ts";
import { HttpEngine } from "../../src/http/engine/engine.ts";
import { createOrigin } from "../../src/http/engine/origin.ts";
import { encodeHead } from "../../src/http/request/request_head.ts";
import { chooseSocket, connectSocket } from "../../src/platform/sockets/connect_socket.ts";
import { openLibc } from "../../src/platform/linux/libc.ts";
import { ReceiveClock } from "../../src/platform/linux/receive_clock.ts";
import { toSocketName } from "../../src/platform/linux/socket_name.ts";
import { StampedReceive } from "../../src/platform/linux/stamped_receive.ts";
import { ownResources } from "../../src/platform/linux/thread_resources.ts";
import { openMachineClock } from "../../src/platform/machine/machine_clock.ts";
import { quantile } from "../../src/thread/lag_meters.ts";

const [part = "", kind = "", target = "", seconds = "10"] = process.argv.slice(2);
const forMs = Number(seconds) * 1000;

/** The code of the first messages is not compiled yet. */
const WARM_UP = 300;
const CONNECTIONS = 50;
/** Timers that are due at a time, and for how long each is set. */
const TIMERS = 10;
const TIMER_MS = { least: 5, most: 50 } as const;

const clock = openMachineClock();
if (clock === undefined) throw new Error("Cannot measure: this system has no clock that processes share");
/** Both are the kernel's monotonic clock, from different starts. */
const differenceMs = clock.differenceMs();
const machineNow = () => performance.now() + differenceMs;

if (part === "ready") tell(kind === "epoll_wait" ? waitBare(Number(target)) : await waitAsGuest(Number(target)), 1000);
else tell(await runTimers(new URL(target)), 1);
process.exit(0);

function tell(lateMs: readonly number[], perMs: number): void {
  const at = (fraction: number) => quantile(lateMs, fraction) * perMs;
  console.log(JSON.stringify({ n: lateMs.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }));
}

/** The thread's loop, with a socket of this kind. */
async function waitAsGuest(port: number): Promise<number[]> {
  chooseAs(kind);
  const lateMs: number[] = [];
  const socket = await connectSocket({ host: "127.0.0.1", port }, {
    data: (bytes) => {
      const nowMs = machineNow();
      lateMs.push(nowMs - new Float64Array(bytes.slice(0, 8).buffer)[0]!);
    },
    drained: () => {},
    ended: () => {},
    closed: () => {},
  });
  await systemClock.sleep(forMs);
  socket.destroy();
  return lateMs.slice(WARM_UP);
}

function chooseAs(asked: string): void {
  const used = chooseSocket(asked as SocketChoice);
  if (used !== asked) throw new Error(`Cannot use ${asked} here: it would be ${used}`);
}

/** A thread that does nothing but wait. */
function waitBare(port: number): number[] {
  const libc = openLibc();
  const name = toSocketName("127.0.0.1", port);
  if (libc === undefined || name === undefined) throw new Error("Cannot call libc here");
  const kernel = { libc, resources: ownResources() };
  const stamped = new StampedReceive(kernel, new ReceiveClock(libc));
  const fd = libc.socket(name.family, 1, 0);
  libc.connect(fd, name.bytes, name.bytes.length);
  const epoll = libc.epoll_create1(0);
  const events = new Uint32Array(4);
  events[0] = 1; // EPOLLIN
  libc.epoll_ctl(epoll, 1, fd, events);
  const lateMs: number[] = [];
  for (const untilMs = performance.now() + forMs; performance.now() < untilMs;) {
    if (libc.epoll_wait(epoll, events, 1, 1000) <= 0) continue;
    const nowMs = machineNow();
    const count = stamped.receive(fd, undefined);
    if (count < 8) throw new Error("the sender is gone");
    lateMs.push(nowMs - new Float64Array(stamped.memory.slice(0, 8).buffer)[0]!);
  }
  return lateMs.slice(WARM_UP);
}

/** Requests without a pause on many connections, and timers beside them. */
async function runTimers(url: URL): Promise<number[]> {
  chooseAs(kind);
  const engineOptions = { connectSocket, clock: systemClock };
  const origin = createOrigin(url)!;
  const request = { origin, method: "GET", head: encodeHead(origin, "GET", url.pathname, []) };
  const untilMs = performance.now() + forMs;
  const lateMs: number[] = [];
  const keepSetting = () => {
    const delayMs = TIMER_MS.least + Math.random() * (TIMER_MS.most - TIMER_MS.least);
    const dueMs = performance.now() + delayMs;
    setTimeout(() => {
      lateMs.push(performance.now() - dueMs);
      keepSetting();
    }, delayMs);
  };
  for (let i = 0; i < TIMERS; i++) keepSetting();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    const engine = new HttpEngine(engineOptions);
    while (performance.now() < untilMs) await engine.exchange(request);
    engine.close();
  }));
  return lateMs.slice(WARM_UP);
}
