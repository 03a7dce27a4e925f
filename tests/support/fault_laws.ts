/**
 * What holds after every fault of a cluster, whatever it was. A test breaks something and says what became of whom; here it is looked
 * up whether
 *
 * - the system's own count is ours: nothing was counted twice, and nothing lost but a killed worker's last second,
 * - the journal tells the same count as the report,
 * - when it was quiet, as many users of each class ran as were wanted, and on as many workers as were there,
 * - each fate is reported in the log, in the workers table and in the verdict, and no worker is blamed for what did not happen.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parseLine } from "../../src/master/journal/journal_line.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import { RunReplay } from "../../src/master/journal/run_replay.ts";
import type { SnapshotMessage } from "../../src/protocol/snapshot_message.ts";
import { type Cluster, countReported, sleep } from "./cluster.ts";
import type { CliProcess, CliResult } from "./run_cli.ts";

/** Workers with what became of them; who is not named had a quiet day. */
export type Fates = readonly (readonly [worker: CliProcess, fate: Fate])[];
export type Fate = keyof typeof TRACES;

/** The places where a fate is reported. A missing pattern: it is reported elsewhere only. */
interface Traces {
  readonly log: readonly ((id: string) => RegExp)[];
  /** What follows the worker's name in its row. */
  readonly row: RegExp;
  readonly verdict: (id: string) => RegExp;
}

const wasMissing = (id: string) => new RegExp(`Worker ${id} has been silent for \\d+ s.* counts as missing`);
const linkTrouble = (id: string) => new RegExp(`The link to worker ${id} ended: |Worker ${id} was silent for \\d+ s`);

const TROUBLED: Traces = {
  log: [linkTrouble],
  row: /^(ready|running)\b.* (links? broke|silent for)/,
  verdict: (id) => new RegExp(`Worker ${id}: .*(links? broke|silent for)`),
};

const TRACES = {
  /** SIGKILL: its last second may be lost. */
  killed: {
    log: [linkTrouble, wasMissing],
    row: /^(missing|gone)\b/,
    verdict: (id) => new RegExp(`Worker ${id} was lost .* its last requests are not counted`),
  },
  /** It went in order and delivered everything. */
  left: {
    log: [(id) => new RegExp(`Worker ${id} left: SIGTERM`)],
    row: /^gone\b.* left: SIGTERM/,
    verdict: (id) => new RegExp(`Worker ${id} left during the run; its requests are counted`),
  },
  /** Missing for a while, and back with all its numbers. */
  away: {
    log: [wasMissing, (id) => new RegExp(`Worker ${id} is back after \\d+ s`)],
    row: /^(ready|running)\b.* away \d+ s/,
    verdict: (id) => new RegExp(`Worker ${id} was away for .* all of its requests are counted`),
  },
  /** A link that broke or was silent for less than it takes to be missing. */
  troubled: TROUBLED,
  /** The same again and again: in between it may have been missing. */
  shaken: TROUBLED,
  /** Its only thread did not come back to its event loop for a while. */
  hung: {
    log: [(id) => new RegExp(`Thread 0 of worker ${id} hangs in `)],
    row: /^(ready|running)\b.* hung for \d+ s/,
    verdict: (id) => new RegExp(`Thread 0 of ${id} hung in .* for `),
  },
} satisfies Readonly<Record<string, Traces>>;

const EXIT_INVALID = 4;

export interface Aftermath {
  readonly fates?: Fates;
  /** The master's exit code; if not given 0, or 4 where a busy machine made the run say too little. */
  readonly code?: number;
  /** What the verdict doubts beside the fates. That the machine is busy is always allowed: others may use it. */
  readonly doubts?: readonly RegExp[];
  /** Users that are to run at the end, by class; all that are wanted if not given. */
  readonly quietUsers?: Readonly<Record<string, number>>;
  /** `cut`: its disk was full, it does not hold the end of the run; nothing can be read from it. `whole` if not given. */
  readonly journal?: "whole" | "cut";
}

/** What has been broken: a `Cluster`, or hosts in network namespaces. */
export type Broken = Pick<Cluster, "journal" | "master" | "usersByClass"> & {
  readonly workers: readonly CliProcess[];
  readonly system: { total(): number };
};

/** What the master's `--json`, log and journal tell of a run that has ended. */
export interface Ending extends CliResult {
  readonly counted: number;
  readonly lost: number;
}

/** Waits for the end of the run and checks all of it. */
export async function endsLawfully(cluster: Broken, aftermath: Aftermath = {}): Promise<Ending> {
  const { fates = [], code, quietUsers = cluster.usersByClass, doubts = [] } = aftermath;
  const result = await cluster.master.ended;
  const counted = countReported(result);
  const lost = cluster.system.total() - counted;
  const events = aftermath.journal === "cut" ? [] : readEvents(cluster.journal);
  checkCount(lost, fates.filter(([, fate]) => fate === "killed").map(([worker]) => usersWhenLost(events, worker)));
  if (events.length > 0) {
    const ended = events.findLast((event) => event.kind === "runEnded");
    assert.equal(ended?.snapshot.total.requests, counted, "the journal tells another count than the report");
    checkQuiet(events, quietUsers);
  }
  checkFates(result.stderr, cluster.workers, fates);
  checkDoubts(verdictOf(result.stderr), doubts);
  const isInvalid = /^Verdict: invalid/m.test(result.stderr); // each of its doubts is one that may be
  assert.equal(result.code, code ?? (isInvalid ? EXIT_INVALID : 0), result.stderr);
  return { ...result, counted, lost };
}

/** What a thread counts in a second, what is on its way from there to the master, and by how much both are late on a busy machine. */
const KILLED_SECONDS = 2;
/** Users of the test clusters wait for 0.1 s after each request. */
const REQUESTS_PER_USER_SECOND = 10;

function checkCount(lost: number, usersOfKilled: readonly number[]): void {
  assert.ok(lost >= 0, `${-lost} requests were counted twice`);
  const users = usersOfKilled.reduce((sum, each) => sum + each, 0);
  const most = Math.ceil(users * REQUESTS_PER_USER_SECOND * KILLED_SECONDS);
  assert.ok(
    lost <= most,
    `${lost} requests were lost, and the last second of ${users} killed users has ${most} at most`,
  );
}

function usersWhenLost(events: readonly RunEvent[], worker: CliProcess): number {
  const id = idOf(worker);
  const missing = events.findLast((event) => event.kind === "workerMissing" && event.workerId === id);
  return missing?.kind === "workerMissing" ? missing.users : 0;
}

/** The worker's name, once it has joined. */
function idOf(worker: CliProcess): string | undefined {
  return /as worker (\S+)/.exec(worker.stderr())?.[1];
}

/** The last whole second before the end of the load. */
function checkQuiet(events: readonly RunEvent[], wanted: Readonly<Record<string, number>>): void {
  const quiet = events.findLast((event) => event.kind === "ticked" && event.snapshot.state === "running");
  assert.ok(quiet?.kind === "ticked", "the run was never quiet");
  const { usersByClass, userCount, workers }: SnapshotMessage = quiet.snapshot;
  assert.deepEqual(withoutZeros(usersByClass), withoutZeros(wanted), "users of each class when it was quiet");
  const total = Object.values(wanted).reduce((sum, count) => sum + count, 0);
  assert.equal(userCount, total, "users when it was quiet");
  const onWorkers = workers.filter(({ state }) => state === "running").map(({ users }) => users);
  assert.equal(onWorkers.reduce((sum, count) => sum + count, 0), total, "users on the workers that are there");
}

function withoutZeros(users: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(users).filter(([, count]) => count > 0));
}

function checkFates(report: string, workers: readonly CliProcess[], fates: Fates): void {
  const fateOf = new Map<CliProcess, Fate[]>();
  for (const [worker, fate] of fates) fateOf.set(worker, [...fateOf.get(worker) ?? [], fate]);
  for (const worker of workers) {
    const id = idOf(worker);
    if (id === undefined) continue; // it never joined
    const mine = fateOf.get(worker) ?? [];
    for (const fate of mine) {
      const { log, row, verdict }: Traces = TRACES[fate];
      for (const line of log) assert.match(report, line(id), `the log does not tell: ${fate}`);
      assert.match(rowOf(report, id), row, `the workers table does not tell: ${fate}\n${report}`);
      assert.match(verdictOf(report), verdict(id), `the verdict does not tell: ${fate}`);
    }
    if (mine.some((fate) => MISSING.includes(fate))) continue;
    assert.doesNotMatch(report, wasMissing(id), "the log tells of an absence that was none");
    assert.doesNotMatch(verdictOf(report), new RegExp(`Worker ${id} was (lost|away)`));
  }
}

const MISSING: readonly Fate[] = ["killed", "away", "shaken"];

/** What follows the worker's name in the workers table. */
function rowOf(report: string, id: string): string {
  const row = report.split("\n").find((line) => line.startsWith(`${id} `));
  assert.ok(row !== undefined, `there is no row of ${id} in the workers table:\n${report}`);
  return row.slice(id.length).trim();
}

function verdictOf(report: string): string {
  const start = report.search(/^Verdict: /m);
  assert.ok(start >= 0, `there is no verdict:\n${report}`);
  return report.slice(start);
}

const OF_WORKERS = /^Worker \S+ (was lost|left|was away)|^Thread \d+ of \S+ hung/;
const OF_A_BUSY_MACHINE = /^The CPU of|^The event loop of|^Users of \S+ woke late|^The master's tick was late/;

/** Doubts about workers have been compared with their fates: here it is what else is doubted. */
function checkDoubts(verdict: string, allowed: readonly RegExp[]): void {
  const doubts = [...verdict.matchAll(/^ {2}- (.*)\n {4}\S/gm)].map(([, sentence]) => sentence!);
  for (const pattern of allowed) {
    assert.ok(doubts.some((doubt) => pattern.test(doubt)), `${pattern} is not in:\n${verdict}`);
  }
  const known = [OF_WORKERS, OF_A_BUSY_MACHINE, ...allowed];
  const strange = doubts.filter((doubt) => !known.some((pattern) => pattern.test(doubt)));
  assert.deepEqual(strange, [], "the verdict doubts what did not happen");
}

/** The events as `locust-ts report` gets them; the total of the last is read here. */
function readEvents(journal: string): RunEvent[] {
  const replay = new RunReplay();
  return readFileSync(journal, "utf8").split("\n").filter((line) => line !== "").flatMap((text): RunEvent[] => {
    const line = parseLine(text);
    const event = line === undefined ? undefined : replay.take(line);
    if (event?.kind === "runEnded") return [{ ...event, snapshot: { ...event.snapshot } }];
    return event === undefined ? [] : [event];
  });
}

/** Users on each worker as the last tick in the journal has them, by index. */
export function usersOnWorkers({ journal }: Pick<Cluster, "journal">): number[] {
  const whole = readFileSync(journal, "utf8").split("\n").slice(0, -1);
  const last = whole.findLast((line) => line.startsWith('{"kind":"ticked"'));
  const tick = JSON.parse(last ?? "null") as Extract<RunEvent, { readonly kind: "ticked" }> | null;
  return tick?.snapshot.workers.map(({ users }) => users) ?? [];
}

/** Within so long the load must be back where workers remain. */
const BACK_WITHIN_MS = 8000;
const WINDOW_MS = 1000;
const [USERS, WAIT_SECONDS] = [20, 0.1];
/** Of these users, with requests of 5 ms. What was measured before may be less, on a machine with others on it. */
const FULL_RATE = 190;

/** A busy machine takes some of the rate; without the users of one worker in two it is half of it. */
const BACK_SHARE = 0.8;

/**
 * What so many users can do at most, whatever the machine does to them: each has one request at a time, and waits after it. One that was on its way when the time
 * began is counted too. With the users of one of two workers twice it is half as much again.
 */
function mostOver(ms: number): number {
  return USERS * (1 / WAIT_SECONDS + 1000 / ms);
}

/** Waits until the system sees most of a rate again; fails when that takes more than 8 s from now, or if it becomes too much. */
export async function loadIsBack(rateNow: (ms: number) => Promise<number>, before: number): Promise<void> {
  const startedMs = performance.now();
  const seen: number[] = [];
  for (;;) {
    seen.push(await rateNow(WINDOW_MS));
    if (seen.at(-1)! > BACK_SHARE * Math.min(before, FULL_RATE)) break;
    const told = `${before}/s before, then ${seen.map(Math.round).join(", ")}/s`;
    assert.ok(performance.now() - startedMs < BACK_WITHIN_MS, `the load is not back: ${told}`);
  }
  await sleep(500);
  const after = await rateNow(2 * WINDOW_MS);
  assert.ok(after <= mostOver(2 * WINDOW_MS), `${before}/s before, too many when it was back: ${after}/s`);
}
