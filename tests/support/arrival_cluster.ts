/**
 * A cluster of which only the arrivals are real: `RunArrivals` and a roster in a master, `PoolRun` and `ArrivalDriver` in workers and threads.
 * Time is made by the test; messages take as long as it says, and any process can stand still, be killed, or lose its link.
 */
import { LEASE_MS } from "../../src/master/arrivals/arrival_leases.ts";
import { Roster } from "../../src/master/workers/roster.ts";
import { RunArrivals } from "../../src/master/arrivals/run_arrivals.ts";
import type { RosterChange } from "../../src/master/workers/roster_worker.ts";
import type { StreamSettings } from "../../src/master/arrivals/divided_stream.ts";
import type { ArrivalOrder } from "../../src/protocol/arrivals_message.ts";
import type { ToThread } from "../../src/protocol/thread_message.ts";
import { PROTOCOL_MINOR, type RunPlan } from "../../src/protocol/worker_message.ts";
import type { Timer } from "../../src/base/clock.ts";
import { ArrivalDriver } from "../../src/thread/arrivals/arrival_driver.ts";
import type { RunningUser } from "../../src/user/running/running_user.ts";
import { HandOver } from "../../src/worker/hand_over.ts";
import { PoolRun } from "../../src/worker/pool/pool_run.ts";
import type { ThreadHandle } from "../../src/worker/pool/thread_handle.ts";

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly process: Process | undefined;
  readonly happen: () => void;
}

/** All that is to happen, in the order of its time. What a process that stands still is to do, it does when it goes on. */
class Future {
  nowMs = 0;
  #order = 0;
  readonly #happenings = new Set<Happening>();

  at(atMs: number, process: Process | undefined, happen: () => void): Timer {
    const happening = { atMs: Math.max(this.nowMs, atMs), order: this.#order++, process, happen };
    this.#happenings.add(happening);
    return { cancel: () => void this.#happenings.delete(happening) };
  }

  passTo(endMs: number): void {
    for (;;) {
      const next = this.#first();
      if (next === undefined || next.atMs > endMs) break;
      this.#happenings.delete(next);
      this.nowMs = next.atMs;
      const { process } = next;
      if (process === undefined) next.happen();
      else if (process.isDead) continue;
      else if (process.stoppedUntilMs > this.nowMs) this.#happenings.add({ ...next, atMs: process.stoppedUntilMs });
      else next.happen();
    }
    this.nowMs = endMs;
  }

  #first(): Happening | undefined {
    let first: Happening | undefined;
    for (const each of this.#happenings) {
      if (
        first === undefined || each.atMs < first.atMs || (each.atMs === first.atMs && each.order < first.order)
      ) first = each;
    }
    return first;
  }
}

class Process {
  stoppedUntilMs = 0;
  isDead = false;
}

/** A connection in both directions; what was sent arrives in its order, after a while. */
class Wire {
  readonly #future: Future;
  readonly #delayMs: () => number;
  #lastMs = 0;
  isOpen = true;

  constructor(future: Future, delayMs: () => number) {
    this.#future = future;
    this.#delayMs = delayMs;
  }

  send(to: Process, arrive: () => void): void {
    if (!this.isOpen) return;
    this.#lastMs = Math.max(this.#lastMs, this.#future.nowMs + this.#delayMs());
    this.#future.at(this.#lastMs, to, () => arrive());
  }
}

class ClusterWorker extends Process {
  readonly threads: ArrivalDriver[];
  readonly handles: readonly { readonly post: (message: ToThread) => void }[];
  readonly run: PoolRun;
  readonly handOver: HandOver;
  toMaster: Wire;
  fromMaster: Wire;
  isLinked = true;
  /** The link to it as the master knows it. */
  masterLink: Wire | undefined;
  isLeaving = false;

  readonly id: string;
  readonly cluster: ArrivalCluster;

  constructor(id: string, cluster: ArrivalCluster, threads: number) {
    super();
    this.id = id;
    this.cluster = cluster;
    const { future } = cluster;
    this.toMaster = cluster.wire();
    this.fromMaster = cluster.wire();
    this.threads = Array.from({ length: threads }, (_, index) => cluster.thread(this, index));
    const handles = this.threads.map((driver, index) => {
      const wire = new Wire(future, cluster.threadDelayMs);
      const post = (message: ToThread) => {
        wire.send(this, () => {
          if (message.kind === "arrivals") driver.take(message.order, cluster.readAt(message.order));
          if (message.kind === "pauseArrivals") driver.pause();
          if (message.kind === "stop") driver.close();
        });
      };
      return { index, state: "ready", hung: false, isLate: false, post, doing: "", terminate() {} };
    });
    this.handles = handles;
    this.run = new PoolRun({
      plan: { runId: "run-1" } as RunPlan,
      handles: handles as unknown as ThreadHandle[],
      receiver: {
        applied: () => {},
        stopped: () => {},
        arrivalsHeld: (_runId, hold, atMs) => {
          this.say(() => cluster.arrivals.held(this.id, hold, atMs));
        },
      },
      logger: { debug() {}, info() {}, warning() {}, error() {}, critical() {} } as never,
      clock: { nowMs: () => future.nowMs },
      machineClock: cluster.hasMachineClock ? { id: "m", differenceMs: () => 0 } : undefined,
      wake: () => {},
    });
    this.handOver = new HandOver({ schedule: (ms, fire) => future.at(future.nowMs + ms, this, fire) }, () => {
      this.run.stop();
      // Its numbers are delivered, and it says goodbye.
      future.at(future.nowMs + 50, this, () => {
        cluster.die(this, "remote");
      });
    });
    const beat = () => {
      this.say(() => {});
      future.at(future.nowMs + 1000, this, beat);
    };
    future.at(future.nowMs + 1000, this, beat);
  }

  heldBy(index: number, hold: number, atMs: number): void {
    const { future, threadDelayMs } = this.cluster;
    future.at(future.nowMs + threadDelayMs(), this, () => {
      this.run.heldBy({ index } as ThreadHandle, hold, atMs);
    });
  }

  /** Something that the master hears. */
  say(heard: () => void): void {
    const wire = this.toMaster;
    wire.send(this.cluster.master, () => {
      if (wire.isOpen) this.cluster.hears(this, heard);
    });
  }

  hear(order: ArrivalOrder): void {
    const wire = this.masterLink;
    wire?.send(this, () => {
      if (!wire.isOpen) return;
      this.run.arrive(order);
      this.handOver.look(this.run);
    });
  }
}

/** Of messages that a dead worker had sent. */
const LONGEST_WAY_MS = 4000;
/** More than the time in which a worker whose link has ended is thought to start some. */
const NOTICE_MS = 200;

export interface ClusterOptions {
  readonly streams: readonly StreamSettings[];
  /** Of a message between machines. */
  readonly delayMs: () => number;
  readonly threadDelayMs?: () => number;
  readonly slowestThreadMs?: number;
  readonly hasMachineClock?: boolean;
  readonly workers: number;
  readonly threads?: number;
}

export class ArrivalCluster {
  readonly future = new Future();
  readonly master = new Process();
  readonly roster: Roster;
  readonly arrivals: RunArrivals;
  readonly hasMachineClock: boolean;
  readonly threadDelayMs: () => number;
  /** The number of each arrival, in the order of the starts, with its worker and the delay of its start. */
  readonly started: { readonly index: number; readonly workerId: string; readonly atMs: number }[] = [];
  readonly workers: ClusterWorker[] = [];
  /** Arrivals with this number and later ones cost no worker that died: the master knew, or its lease was over. */
  lostBefore = 0;
  readonly #options: ClusterOptions;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.hasMachineClock = options.hasMachineClock ?? true;
    this.threadDelayMs = options.threadDelayMs ?? (() => 0);
    const { future } = this;
    const clock = {
      nowMs: () => future.nowMs,
      wallMs: () => future.nowMs,
      schedule: (ms: number, fire: () => void) => future.at(future.nowMs + ms, this.master, fire),
    };
    this.roster = new Roster({ clock: clock as never });
    this.arrivals = new RunArrivals({
      runId: "run-1",
      streams: options.streams,
      seed: 1,
      mixed: false,
      roster: this.roster,
      runMs: () => future.nowMs,
      clock,
      machineClock: this.hasMachineClock ? { id: "m", differenceMs: () => 0 } : undefined,
      events: () => {},
      send: (id, message) => {
        if (message.kind !== "arrivals") return;
        this.workers.find((each) => each.id === id)?.hear(message);
      },
      join: () => {},
    });
    for (let i = 0; i < options.workers; i++) this.join();
    this.arrivals.begin(0);
    this.#everySecond(() => this.arrivals.tick());
    this.#everySecond(() => {
      for (const change of this.roster.check()) this.#tell(change);
    });
  }

  wire(): Wire {
    return new Wire(this.future, this.#options.delayMs);
  }

  thread(worker: ClusterWorker, index: number): ArrivalDriver {
    const { future } = this;
    return new ArrivalDriver({
      clock: {
        nowMs: () => future.nowMs,
        schedule: (ms, fire) => future.at(future.nowMs + ms, worker, fire),
      },
      rulesOf: () => ({ iteration: "task", freshUsers: true, whenLate: "queue" }),
      startUser: (_className, number) => {
        this.started.push({ index: number, workerId: worker.id, atMs: future.nowMs });
        return { stop: () => {}, abort: () => {} } as unknown as RunningUser;
      },
      onWoke: () => {},
      onHeld: (hold, atMs) => worker.heldBy(index, hold, atMs),
      onFull: () => {},
      onEnded: () => {},
      onDone: () => {},
      onEmptied: () => {},
    });
  }

  readAt({ reading }: ArrivalOrder): number | undefined {
    return this.hasMachineClock ? reading?.atMs : undefined;
  }

  join(): ClusterWorker {
    const worker = new ClusterWorker(`w${this.workers.length}`, this, this.#options.threads ?? 2);
    this.workers.push(worker);
    if (this.future.nowMs === 0) this.#greet(worker);
    else this.#dial(worker);
    return worker;
  }

  #greet(worker: ClusterWorker): void {
    worker.masterLink = worker.fromMaster;
    this.roster.greet({
      protocol: [1, PROTOCOL_MINOR],
      version: "1",
      workerId: worker.id,
      host: "h",
      threads: worker.threads.length,
    });
    this.roster.declare(worker.id, { kind: "ready", locustfileHash: "x", userClasses: [] });
  }

  #dial(worker: ClusterWorker): void {
    const wire = worker.toMaster;
    wire.send(this.master, () => {
      if (!wire.isOpen) return;
      if (worker.masterLink !== undefined) this.#linkLost(worker, "remote"); // replaced
      this.#greet(worker);
      this.hears(worker, () => this.arrivals.memberReady(worker.id));
    });
  }

  hears(worker: ClusterWorker, heard: () => void): void {
    this.arrivals.heard(worker.id);
    const change = this.roster.hear(worker.id);
    if (change?.kind === "returned") this.arrivals.memberReady(worker.id);
    heard();
  }

  kill(worker: ClusterWorker): void {
    this.die(worker, "failed");
  }

  die(worker: ClusterWorker, how: "remote" | "failed"): void {
    worker.isDead = true;
    const { future } = this;
    future.at(future.nowMs + LEASE_MS + LONGEST_WAY_MS, this.master, () => {
      // Where the master stood still, it has heard of it in this moment.
      future.at(
        future.nowMs + NOTICE_MS,
        undefined,
        () => this.lostBefore = this.arrivals.schedule.planned()?.planned ?? 0,
      );
    });
    if (!worker.isLinked) return;
    worker.isLinked = false;
    // After what it had sent.
    const link = worker.fromMaster;
    worker.toMaster.send(this.master, () => {
      if (worker.masterLink === link) this.#linkLost(worker, how);
    });
  }

  leave(worker: ClusterWorker): void {
    worker.isLeaving = true;
    this.future.at(this.future.nowMs, worker, () => {
      worker.say(() => {
        this.roster.announceLeave(worker.id);
        this.arrivals.membersChanged();
      });
      worker.handOver.begin(worker.isLinked ? worker.run : undefined);
    });
  }

  /** The connection breaks. The worker, if it lives, dials again after a while: that may be the first that the master hears of it. */
  cut(worker: ClusterWorker, redialMs: number, masterKnows: "soon" | "byRedial" = "soon"): void {
    if (!worker.isLinked || worker.isDead) return;
    worker.fromMaster.isOpen = worker.toMaster.isOpen = worker.isLinked = false;
    this.future.at(this.future.nowMs, worker, () => {
      worker.run.masterLost();
      worker.handOver.giveUp();
      for (const { post } of worker.handles) post({ kind: "pauseArrivals", runId: "run-1" });
      // The master hears of it when the worker's threads have.
      const heardMs = this.future.nowMs + (this.#options.slowestThreadMs ?? 0);
      if (masterKnows === "soon") this.future.at(heardMs, worker, () => this.#lost(worker));
      this.future.at(heardMs + redialMs, worker, () => {
        [worker.fromMaster, worker.toMaster, worker.isLinked] = [this.wire(), this.wire(), true];
        this.#dial(worker);
      });
    });
  }

  #lost(worker: ClusterWorker): void {
    const link = worker.fromMaster;
    this.future.at(this.future.nowMs, this.master, () => {
      if (worker.masterLink === link) this.#linkLost(worker, "remote");
    });
  }

  #linkLost(worker: ClusterWorker, how: "remote" | "failed"): void {
    worker.masterLink = undefined;
    this.roster.loseLink(worker.id, how);
    this.arrivals.linkLost(worker.id, how);
  }

  stop(process: Process, forMs: number): void {
    process.stoppedUntilMs = Math.max(process.stoppedUntilMs, this.future.nowMs + forMs);
  }

  /** The master ends the run: what was due starts. */
  end(): void {
    this.arrivals.end();
    for (const worker of this.workers) {
      const wire = worker.masterLink;
      wire?.send(worker, () => wire.isOpen && worker.run.stop());
    }
  }

  #everySecond(happen: () => void): void {
    const again = () => {
      happen();
      this.future.at(this.future.nowMs + 1000, this.master, again);
    };
    this.future.at(this.future.nowMs + 1000, this.master, again);
  }

  #tell({ kind }: RosterChange): void {
    if (kind === "missing" || kind === "left" || kind === "forgotten") this.arrivals.membersChanged();
  }
}
