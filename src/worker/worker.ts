/**
 * A load-generating process: what the master says goes to the thread pool, what the threads count goes to the master. It outlives
 * its links: while there is none it keeps its users for a while, and its numbers until somebody has acknowledged them.
 *
 * Invariant: a link is only a way to say things. Nothing that was counted depends on whether it arrived.
 */
import type { Clock, Timer } from "../base/clock.ts";
import { LocustError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Link, LinkEnd } from "../link/link.ts";
import type { ProcessMeter } from "../platform/process_stats.ts";
import type { UserLogMessage } from "../protocol/user_message.ts";
import type { ReadyMessage, ToMaster, ToWorker, UsersByClass, WorkerState } from "../protocol/worker_message.ts";
import { Outbox } from "./outbox.ts";
import type { LoadedPool, PoolSource } from "./pool_source.ts";
import { RunDelivery } from "./run_delivery.ts";
import type { ThreadPool, ThreadPoolReceiver } from "./thread_pool.ts";

const BEAT_MS = 1000;
/** Less than what supervisors give a process between SIGTERM and SIGKILL. */
const LEAVE_ALONE_MS = 15_000;

export interface WorkerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: ProcessMeter;
  readonly source: PoolSource;
  /** How long users go on without a master. */
  readonly masterTimeoutMs: number;
  /** Lines of user code, for this process's own log. */
  readonly onLog: (line: UserLogMessage) => void;
}

export class Worker {
  /** Resolves when this worker has left in order; rejects when the master refuses its locustfile, or it cannot run the master's. */
  readonly left: Promise<void>;
  readonly #options: WorkerOptions;
  readonly #delivery: RunDelivery;
  #resolveLeft!: () => void;
  #rejectLeft!: (error: LocustError) => void;
  #link: Link<ToWorker, ToMaster> | undefined;
  #onLinkEnd: ((end: LinkEnd) => void) | undefined;
  #loaded: LoadedPool | undefined;
  #loading: Promise<LoadedPool> | undefined;
  #state: WorkerState = "ready";
  #masterHash: string | undefined;
  readonly #outbox = new Outbox();
  #isOrphaned = false; // the users are ended because no master was there, not because one said so
  #leaving: string | undefined;
  #timers: { beat?: Timer; orphan?: Timer; leave?: Timer } = {};

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#delivery = new RunDelivery({ clock: options.clock, send: (message) => this.#send(message) });
    this.left = new Promise((resolve, reject) => {
      this.#resolveLeft = resolve;
      this.#rejectLeft = reject;
    });
  }

  /** Loads the worker's own locustfile, if it has one. Rejects with its problems. */
  async start(): Promise<void> {
    this.#scheduleBeat();
    if (this.#options.source.own !== undefined) this.#loaded = await this.#options.source.own(this.#poolReceiver());
  }

  /** What the own locustfile holds. */
  get pool(): ThreadPool | undefined {
    return this.#loaded?.pool;
  }

  /**
   * Talks to a master over this link from now on. `masterHash`: the locustfile that the master has; a worker that was shipped
   * another one asks for it.
   */
  attach(link: Link<ToWorker, ToMaster>, onEnd?: (end: LinkEnd) => void, masterHash?: string): void {
    this.#link = link;
    this.#onLinkEnd = onEnd;
    this.#masterHash = masterHash;
    this.#timers.orphan?.cancel();
    link.open({
      message: (message) => this.#heard(message),
      ended: (end) => this.#detach(link, end),
    });
    this.#sendReady();
    this.#outbox.flush(link);
    if (this.#leaving !== undefined) this.#send({ kind: "leaving", reason: this.#leaving });
    this.#delivery.repeat();
    if (!this.#isOrphaned) this.#tellEnd();
  }

  /** Ends the users, delivers what was counted, says goodbye; then `left` resolves. */
  leave(reason: string): void {
    if (this.#leaving !== undefined) return;
    this.#leaving = reason;
    this.#giveUpLater();
    this.#send({ kind: "leaving", reason });
    const run = this.#loaded?.pool.run;
    if (run === undefined || !this.#delivery.hasRun) return this.#finishLeaving();
    if (this.#delivery.hasEnded) return this.#tellEnd();
    this.#state = "stopping";
    this.#loaded?.pool.stop(run.plan.runId);
  }

  /** Leaves without delivering: the second Ctrl-C. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timers.beat?.cancel();
    this.#timers.orphan?.cancel();
    this.#timers.leave?.cancel();
    this.#link?.close("the worker ended");
    await this.#loaded?.pool[Symbol.asyncDispose]();
  }

  #heard(message: ToWorker): void {
    const pool = this.#loaded?.pool;
    switch (message.kind) {
      case "startRun":
        return this.#startRun(message);
      case "assign":
        if (pool?.run?.plan.runId === message.runId && this.#leaving === undefined) {
          if (this.#state === "ready" || this.#state === "running") this.#state = "spawning";
          pool.assign(message.runId, message.epoch, message.users, message.fresh);
        }
        return;
      case "spawningComplete":
        return pool?.spawningComplete(message.userCount);
      case "resetStats":
        return pool?.resetStats(message.runId, message.resets);
      case "ack":
        this.#delivery.acknowledge(message.runId, message.seq);
        this.#tellEnd();
        return this.#seeMaster(pool); // an acknowledgement stands for a heartbeat
      case "stop":
        if (pool?.run?.plan.runId !== message.runId) {
          return this.#send({ kind: "stopped", runId: message.runId, lastSeq: 0, abandoned: 0 });
        }
        this.#isOrphaned = false;
        if (this.#delivery.hasEnded) return this.#tellEnd();
        this.#state = "stopping";
        return pool.stop(message.runId);
      case "custom":
        return pool?.custom(message.type, message.data);
      case "locustfile":
        return void this.#load(message);
      case "quit":
        return this.leave(message.reason);
      case "heartbeat":
        return this.#seeMaster(pool);
      case "refused":
        return this.#rejectLeft(new LocustError(message.reason, { code: "refused" }));
      case "challenge":
      case "welcome":
        return; // the handshake is over
    }
  }

  #seeMaster(pool: ThreadPool | undefined): void {
    pool?.event("heartbeatReceived", { clientId: pool.workerId, timestamp: this.#options.clock.wallMs() / 1000 });
  }

  #startRun({ plan }: Extract<ToWorker, { kind: "startRun" }>): void {
    const pool = this.#loaded?.pool;
    if (pool === undefined || this.#leaving !== undefined) return;
    const isKnown = pool.run?.plan.runId === plan.runId;
    if (isKnown && !(this.#isOrphaned && this.#delivery.hasEnded)) return;
    this.#delivery.begin(plan.runId);
    this.#isOrphaned = false;
    this.#state = "spawning";
    pool.startRun(plan);
  }

  async #load(message: Extract<ToWorker, { kind: "locustfile" }>): Promise<void> {
    if (this.#loaded?.hash === message.hash || this.#loading !== undefined) return;
    try {
      await this.#loaded?.pool[Symbol.asyncDispose]();
      this.#loaded = undefined;
      this.#loading = this.#options.source.shipped(message, this.#poolReceiver());
      this.#loaded = await this.#loading;
      this.#sendReady();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      this.#rejectLeft(new LocustError(`Cannot run the master's locustfile: ${problem}`, { code: "locustfile" }));
      this.leave(`it cannot run the locustfile: ${problem}`);
    } finally {
      this.#loading = undefined;
    }
  }

  #sendReady(): void {
    const loaded = this.#loaded;
    const isStale = this.#options.source.own === undefined && (this.#masterHash ?? loaded?.hash) !== loaded?.hash;
    if (loaded === undefined || isStale) {
      return this.#send({ kind: "ready", locustfileHash: "", userClasses: [] }); // asks for it
    }
    const run = loaded.pool.run;
    const ready: ReadyMessage = {
      kind: "ready",
      locustfileHash: loaded.hash,
      userClasses: loaded.pool.description.userClasses.map((each) => each.name),
    };
    if (run === undefined) return this.#send(ready);
    // Not what the threads have told last: the master reckons with the numbers that are in use here.
    const { epoch, placed: users, spareIndexes } = run;
    this.#send({ ...ready, run: { runId: run.plan.runId, epoch, users, spareIndexes } });
  }

  #poolReceiver(): ThreadPoolReceiver {
    return {
      applied: (runId, epoch, users) => {
        if (this.#state === "spawning") this.#state = "running";
        this.#send({ kind: "applied", runId, epoch, users });
      },
      delta: (runId, delta) => {
        if (this.#delivery.add(runId, delta) >= (this.#loaded?.pool.threads ?? 1)) this.#report();
      },
      stopped: (runId, leftBehind) => {
        const abandoned = leftBehind.reduce((sum, { users }) => sum + users, 0);
        this.#delivery.end(runId, abandoned);
        if (!this.#isOrphaned) this.#tellEnd();
        else if (this.#link !== undefined) this.#sendReady(); // a master came back meanwhile: it gives new users
      },
      userMessage: (message) => {
        if (message.kind === "log") this.#options.onLog(message);
        this.#send({ kind: "userMessage", message });
      },
      failed: (problem) =>
        this.#send({ kind: "userMessage", message: { kind: "stopTest", message: problem, failed: true } }),
    };
  }

  #report(): void {
    if (this.#link !== undefined) this.#delivery.report();
  }

  /** What there is to say after the last user; goodbye follows when it is acknowledged and this worker is leaving. */
  #tellEnd(): void {
    if (!this.#delivery.hasEnded || this.#link === undefined) return;
    this.#state = "ready";
    if (this.#delivery.tellEnd() === "done" && this.#leaving !== undefined) this.#finishLeaving();
  }

  /** A worker that is to leave looks for a master that takes its last numbers, but not for ever. */
  #giveUpLater(): void {
    const { clock, logger } = this.#options;
    this.#timers.leave = clock.schedule(LEAVE_ALONE_MS, () => {
      if (this.#link !== undefined) return this.#giveUpLater();
      logger.error("No master came for the last numbers of this worker: they are lost");
      this.#finishLeaving();
    });
  }

  #finishLeaving(): void {
    this.#timers.leave?.cancel();
    this.#send({ kind: "bye", reason: this.#leaving ?? "it left" });
    this.#link?.close("goodbye");
    this.#timers.beat?.cancel();
    this.#resolveLeft();
  }

  #detach(link: Link<ToWorker, ToMaster>, end: LinkEnd): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    const { clock, logger, masterTimeoutMs } = this.#options;
    const run = this.#loaded?.pool.run;
    if (run !== undefined && !this.#delivery.hasEnded && end.kind !== "local") {
      this.#timers.orphan = clock.schedule(masterTimeoutMs, () => {
        logger.warning(`No master for ${masterTimeoutMs / 1000} s: the load stops here; what was counted is kept`);
        this.#state = "stopping";
        this.#isOrphaned = true;
        this.#loaded?.pool.stop(run.plan.runId);
      });
    }
    this.#onLinkEnd?.(end);
  }

  #scheduleBeat(): void {
    this.#timers.beat = this.#options.clock.schedule(BEAT_MS, () => {
      this.#scheduleBeat();
      this.#beat();
    });
  }

  #beat(): void {
    const pool = this.#loaded?.pool;
    const { cpuPercent, machineCpuPercent, rssBytes } = this.#options.meter.read();
    const threads = pool?.health() ?? { loopLagP99Ms: 0, latenessP99Ms: 0, hung: [] };
    const usersByClass = pool?.run?.users ?? {};
    const health = { cpuPercent, machineCpuPercent, rssBytes, ...threads };
    this.#send({ kind: "heartbeat", state: this.#state, users: countUsers(usersByClass), usersByClass, health });
    if (this.#delivery.isDue) this.#report(); // a thread that hangs must not hold back the others' numbers
  }

  #send(message: ToMaster): void {
    this.#outbox.send(this.#link, message);
  }
}

function countUsers(users: UsersByClass): number {
  return Object.values(users).reduce((sum, count) => sum + count, 0);
}
