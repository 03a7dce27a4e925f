/**
 * Nanoseconds per call of checks, metrics and transactions, the median of nine rounds: `bun scripts/bench/measures.ts`, `deno run -A …`. And what
 * a client call pays for asking whether a transaction is on: without any, and with one of another user. Beside them an empty call of an
 * `async` function, the yardstick of this machine.
 */
import { systemClock } from "../../src/base/clock.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { checks, countCheck } from "../../src/user/measures/checks.ts";
import { measureIn } from "../../src/user/measures/measure_sink.ts";
import { metrics } from "../../src/user/measures/metrics.ts";
import { runTransaction, transactionOf } from "../../src/user/measures/transaction.ts";

const ROUNDS = 9;
const NAMES = Array.from({ length: 20 }, (_, i) => `check number ${i}`);

const recorder = new Recorder({ clock: systemClock });
const sink = { recorder, clock: systemClock, errors: { warnOnce: () => {} } };
measureIn(sink);

const trend = metrics.trend("time to paint", "ms");
const counter = metrics.counter("orders");
const rate = metrics.rate("cache hit");
const gauge = metrics.gauge("queue");
const user = {};
const res = { ok: true, status: 200, elapsed: 12 };

interface Case {
  readonly name: string;
  readonly calls: number;
  readonly run: (calls: number) => void | Promise<void>;
}

/** Keeps a result alive, so that no call is left out. */
let kept: unknown;

function each(name: string, call: (i: number) => unknown): Case {
  return {
    name,
    calls: 1_000_000,
    run(calls) {
      for (let i = 0; i < calls; i++) kept = call(i);
    },
  };
}

async function nothing(): Promise<void> {}

const cases: readonly Case[] = [
  each("this.check", (i) => countCheck(recorder, NAMES[i % NAMES.length] as string, i % 7 !== 0)),
  each(
    "checks(res, { two functions })",
    () => checks(res, { "is ok": (r) => r.ok, "is fast": (r) => r.elapsed < 300 }),
  ),
  each("trend.add", (i) => trend.add((i & 1023) / 4)),
  each("counter.add", () => counter.add()),
  each("rate.add", (i) => rate.add(i % 3 === 0)),
  each("gauge.set", (i) => gauge.set(i)),
  each("a request, no transaction anywhere", () => transactionOf(user)),
  {
    name: "a request, a transaction of another user",
    calls: 1_000_000,
    run: (calls) =>
      runTransaction({}, sink, "other", () => {
        for (let i = 0; i < calls; i++) kept = transactionOf(user);
      }),
  },
  {
    name: "await this.transaction of nothing",
    calls: 100_000,
    async run(calls) {
      for (let i = 0; i < calls; i++) await runTransaction(user, sink, "nothing", nothing);
    },
  },
  {
    name: "await an async function of nothing",
    calls: 100_000,
    async run(calls) {
      for (let i = 0; i < calls; i++) await nothing();
    },
  },
];

for (const { name, calls, run } of cases) {
  const rounds: number[] = [];
  await run(calls);
  for (let round = 0; round < ROUNDS; round++) {
    const before = performance.now();
    await run(calls);
    rounds.push(((performance.now() - before) * 1e6) / calls);
    recorder.drain();
  }
  const [median = NaN] = rounds.sort((a, b) => a - b).slice(ROUNDS >> 1);
  console.log(`${name.padEnd(42)} ${median.toFixed(1).padStart(8)} ns`);
}
Reflect.set(globalThis, "kept", kept);
