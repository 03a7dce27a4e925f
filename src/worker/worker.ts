/**
 * A load-generating process: passes the master's messages to the thread pool, and what the threads count to the master. It outlives
 * its links: without one it keeps its users for a while, and its numbers until a master has acknowledged them. `worker_phase.ts`
 * decides which facts matter when.
 *
 * Invariant: a link only carries messages. Nothing that was counted depends on whether one arrived.
 */
import type { MachineClock } from "../platform/machine/machine_clock.ts";
import type { Clock, Timer } from "../base/clock.ts";
import { asClause, describeProblem, LocustError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Link, LinkEnd } from "../link/link.ts";
import { CountedLines } from "../protocol/counted_lines.ts";
import { UserMessageQuota } from "../protocol/message_quota.ts";
import type { UserLogMessage } from "../protocol/user_message.ts";
import { PROTOCOL_MINOR, type ReadyMessage, type ToMaster, type ToWorker } from "../protocol/worker_message.ts";
import { ActivityLog } from "./activity_log.ts";
import { HandOver } from "./hand_over.ts";
import { LineWatch } from "./line_watch.ts";
import { type HeartbeatMeters, takeHeartbeat } from "./heartbeat.ts";
import { Outbox } from "./outbox.ts";
import { PartRequests, SUPERSEDED } from "./part_requests.ts";
import { PendingAsks } from "./pending_asks.ts";
import type { LoadedPool, PoolSource } from "./pool/pool_source.ts";
import type { ReportPace } from "../protocol/thread_message.ts";
import { RunDelivery } from "./run_delivery.ts";
import type { ThreadPool, ThreadPoolReceiver } from "./pool/thread_pool.ts";
import { isLeaving, nextPhase, reportsEnd, type WorkerFact, type WorkerPhase } from "./worker_phase.ts";

const BEAT_MS = 1000;
/** Less than what supervisors give a process between SIGTERM and SIGKILL. */
const LEAVE_ALONE_MS = 15_000;

export interface WorkerOptions extends HeartbeatMeters {
  readonly clock: Clock;
  /** The one that a master on this machine has as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  readonly logger: Logger;
  readonly source: PoolSource;
  /** How long users continue without a master. */
  readonly masterTimeoutMs: number;
  /** How often a line in the log says what this worker does; absent where another log says it. */
  readonly activityEveryMs?: number;
  /** Lines of user code, for this process's own log. `reach`: whether the master gets them as well. */
  readonly onLog: (line: UserLogMessage, reach: "here" | "everywhere") => void;
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
  #phase: WorkerPhase = "idle";
  #masterHash: string | undefined;
  readonly #outbox = new Outbox();
  /** What its threads say alike stands in its own log once, too. */
  readonly #logged = new CountedLines();
  readonly #asks = new PendingAsks({
    send: (message) => this.#send({ kind: "userMessage", message }),
    answer: (message) => this.#loaded?.pool.answer(message),
  });
  readonly #parts = new PartRequests((message) => this.#send(message));
  readonly #activity: ActivityLog;
  readonly #quota: UserMessageQuota;
  readonly #handOver: HandOver;
  readonly #line: LineWatch;
  #leaveReason = "it left";
  #timers: { beat?: Timer; orphan?: Timer; leave?: Timer } = {};

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#delivery = new RunDelivery({
      clock: options.clock,
      machineClock: options.machineClock,
      send: (message) => this.#send(message),
    });
    this.#handOver = new HandOver(options.clock, () => this.#stopUsers());
    const { clock, logger, activityEveryMs = Infinity } = options;
    this.#line = new LineWatch((line) => logger.warning(line));
    this.#quota = new UserMessageQuota("worker", clock.nowMs());
    this.#activity = new ActivityLog({
      everyMs: activityEveryMs,
      nowMs: clock.nowMs(),
      write: (line) => logger.info(line),
    });
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
   * another one asks for it. `minor`: the agreed minor version.
   */
  attach(
    link: Link<ToWorker, ToMaster>,
    onEnd?: (end: LinkEnd) => void,
    masterHash?: string,
    minor: number = PROTOCOL_MINOR,
  ): void {
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
    this.#asks.repeat(minor);
    this.#parts.repeat(masterHash);
    this.#loaded?.pool.tellMaster("here");
    if (isLeaving(this.#phase)) this.#send({ kind: "leaving", reason: this.#leaveReason });
    this.#delivery.repeat();
    this.#reportEnd();
  }

  /** Ends the users, delivers what was counted, says goodbye; then `left` resolves. */
  leave(reason: string): void {
    if (!this.#move("leaveAsked")) return;
    this.#leaveReason = reason;
    this.#giveUpLater();
    this.#send({ kind: "leaving", reason });
    if (this.#phase === "left") return this.#finishLeaving();
    if (this.#phase === "leaving") this.#handOver.begin(this.#link === undefined ? undefined : this.#loaded?.pool.run);
    this.#reportEnd();
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
        if (pool?.run?.plan.runId !== message.runId || !this.#move("assigned")) return;
        return pool.assign(message.runId, message.epoch, message.users, message.fresh);
      case "arrivals":
        pool?.arrive(message);
        return pool?.run === undefined ? undefined : this.#handOver.look(pool.run);
      case "spawningComplete":
        return pool?.spawningComplete(message.userCount);
      case "resetStats":
        return pool?.resetStats(message.runId, message.resets);
      case "changeHost":
      case "changeOptions":
        return pool?.tellAll(message);
      case "ack":
        this.#delivery.acknowledge(message.runId, message.seq);
        this.#reportEnd();
        return this.#seeMaster(pool); // an acknowledgement stands for a heartbeat
      case "stop":
        if (pool?.run?.plan.runId !== message.runId) {
          return this.#send({ kind: "stopped", runId: message.runId, lastSeq: 0, abandoned: 0 });
        }
        if (this.#move("stopAsked")) this.#stopUsers();
        return this.#reportEnd();
      case "answer":
        return this.#asks.answered(message);
      case "custom":
        return pool?.custom(message.type, message.data);
      case "locustfile":
        return void this.#load(message);
      case "filePart":
        return this.#parts.take(message);
      case "quit":
        return this.leave(message.reason);
      case "heartbeat":
        return this.#seeMaster(pool);
      case "refused":
        return this.#rejectLeft(new LocustError(message.reason, { code: "refused" }));
      case "challenge":
      case "welcome":
        return; // the handshake is over
      default:
        message satisfies never;
    }
  }

  #seeMaster(pool: ThreadPool | undefined): void {
    pool?.event("heartbeatReceived", { clientId: pool.workerId, timestamp: this.#options.clock.wallMs() / 1000 });
  }

  #startRun({ plan }: Extract<ToWorker, { kind: "startRun" }>): void {
    const pool = this.#loaded?.pool;
    if (pool === undefined) return;
    if (!this.#move(pool.run?.plan.runId === plan.runId ? "runRepeated" : "runStarted")) return;
    this.#delivery.begin(plan.runId);
    this.#asks.begin(plan.runId);
    this.#logged.clear();
    pool.startRun(plan);
  }

  async #load(message: Extract<ToWorker, { kind: "locustfile" }>): Promise<void> {
    if (message.large === undefined) this.#line.fileCame();
    if (this.#loaded?.hash === message.hash || this.#loading !== undefined) return;
    try {
      await this.#loaded?.pool[Symbol.asyncDispose]();
      this.#loaded = undefined;
      this.#move("filesReplaced");
      this.#loading = this.#options.source.shipped(
        message,
        this.#poolReceiver(),
        (path, offset) => this.#parts.fetch(message.hash, path, offset),
      );
      this.#loaded = await this.#loading;
      this.#sendReady();
    } catch (error) {
      this.#loading = undefined;
      if (error instanceof LocustError && error.code === SUPERSEDED) return this.#sendReady();
      const problem = asClause(describeProblem(error));
      this.#rejectLeft(
        new LocustError(`Cannot run the master's locustfile: ${problem}`, { code: "locustfile", cause: error }),
      );
      this.leave(problem.startsWith("it cannot ") ? problem : `it cannot run the locustfile: ${problem}`);
    } finally {
      this.#loading = undefined;
    }
  }

  #sendReady(): void {
    const loaded = this.#loaded;
    const isStale = this.#options.source.own === undefined && (this.#masterHash ?? loaded?.hash) !== loaded?.hash;
    this.#line.joined(loaded === undefined || isStale ? "asked" : "here");
    if (loaded === undefined || isStale) {
      return this.#send({ kind: "ready", locustfileHash: "", userClasses: [] }); // asks for it
    }
    const run = loaded.pool.run;
    const ready: ReadyMessage = {
      kind: "ready",
      locustfileHash: loaded.hash,
      userClasses: loaded.pool.description.userClasses.map((each) => each.name),
      socket: loaded.pool.socket,
    };
    if (run === undefined) return this.#send(ready);
    // Not what the threads have reported last: the master reckons with the numbers that are in use here.
    const { epoch, placed: users, spareIndexes } = run;
    this.#send({ ...ready, run: { runId: run.plan.runId, epoch, users, spareIndexes } });
  }

  #poolReceiver(): ThreadPoolReceiver {
    return {
      applied: (runId, epoch, users, ended) => {
        this.#move("applied");
        this.#send({ kind: "applied", runId, epoch, users, ...(ended.length === 0 ? {} : { endedStreams: ended }) });
      },
      arrivalsHeld: (runId, hold, atMs) => this.#send({ kind: "arrivalsHeld", runId, hold, atMs }),
      delta: (runId, delta, pace, made) => {
        this.#activity.add(delta);
        const threads = this.#delivery.add(runId, delta, made);
        if (pace === "now" || threads >= (this.#loaded?.pool.readyThreads ?? 1)) this.#report(pace);
      },
      stopped: (runId, leftBehind) => {
        const abandoned = leftBehind.reduce((sum, { users }) => sum + users, 0);
        this.#delivery.end(runId, abandoned);
        this.#move("usersEnded");
        this.#reportEnd();
        // A master that came back meanwhile gives new users.
        if (this.#phase === "orphanEnded" && this.#link !== undefined) this.#sendReady();
      },
      userMessage: (message) => {
        if (message.kind === "ask" || message.kind === "withdraw") return this.#asks.take(message);
        if (message.kind === "log" && !this.#logged.isRepeated(message)) {
          this.#options.onLog(message, this.#link === undefined ? "here" : "everywhere");
        }
        if (!this.#quota.take(message, this.#options.clock.nowMs())) return;
        this.#send({ kind: "userMessage", message });
      },
      threadGone: (runId, thread) => {
        this.#asks.threadGone(runId, thread);
        this.#delivery.threadGone(runId, thread);
      },
      failed: (problem) =>
        this.#send({ kind: "userMessage", message: { kind: "stopTest", message: problem, failed: true } }),
    };
  }

  #report(pace: ReportPace = "due"): void {
    if (this.#link !== undefined) this.#delivery.report(pace);
  }

  /** After the last user: the last numbers and the end of the run; goodbye follows when they are acknowledged and this worker leaves. */
  #reportEnd(): void {
    if (!reportsEnd(this.#phase) || !this.#delivery.hasEnded || this.#link === undefined) return;
    if (this.#delivery.reportEnd() === "pending") return;
    this.#move("delivered");
    if (this.#phase === "left") this.#finishLeaving();
  }

  #stopUsers(): void {
    const pool = this.#loaded?.pool;
    if (pool?.run !== undefined && !this.#delivery.hasEnded) pool.stop(pool.run.plan.runId);
  }

  /** Whether the fact means something now. */
  #move(fact: WorkerFact): boolean {
    const next = nextPhase(this.#phase, fact);
    this.#phase = next ?? this.#phase;
    return next !== undefined;
  }

  /** A worker that is to leave looks for a master that takes its last numbers, but not for ever. */
  #giveUpLater(): void {
    const { clock, logger } = this.#options;
    this.#timers.leave = clock.schedule(LEAVE_ALONE_MS, () => {
      if (this.#link !== undefined) return this.#giveUpLater();
      logger.error("No master received the last numbers of this worker; they are lost");
      this.#finishLeaving();
    });
  }

  #finishLeaving(): void {
    this.#timers.leave?.cancel();
    this.#send({ kind: "bye", reason: this.#leaveReason });
    this.#link?.close("goodbye");
    this.#timers.beat?.cancel();
    this.#resolveLeft();
  }

  #detach(link: Link<ToWorker, ToMaster>, end: LinkEnd): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    const { clock, logger, masterTimeoutMs } = this.#options;
    const run = this.#loaded?.pool.run;
    if (run !== undefined && end.kind !== "local") this.#loaded?.pool.pauseArrivals(run.plan.runId);
    this.#loaded?.pool.tellMaster("away");
    this.#handOver.giveUp();
    if (run !== undefined && !this.#delivery.hasEnded && end.kind !== "local") {
      this.#timers.orphan = clock.schedule(masterTimeoutMs, () => {
        if (!this.#move("masterLost")) return; // its users are ending already
        logger.warning(`No master for ${masterTimeoutMs / 1000} s: the load stops here; the counts are kept`);
        this.#stopUsers();
      });
    }
    this.#onLinkEnd?.(this.#line.describeEnd(end));
  }

  #scheduleBeat(): void {
    this.#timers.beat = this.#options.clock.schedule(BEAT_MS, () => {
      this.#scheduleBeat();
      this.#beat();
    });
  }

  #beat(): void {
    const pool = this.#loaded?.pool;
    const heartbeat = takeHeartbeat(this.#phase, pool, this.#options);
    this.#activity.tick(this.#options.clock.nowMs(), heartbeat.users);
    this.#send(heartbeat);
    this.#reportDropped(pool?.workerId ?? "");
    if (this.#link !== undefined) this.#line.look(this.#delivery.unconfirmedMs);
    if (this.#delivery.isDue) this.#report(); // a thread that hangs must not delay the numbers of the others
  }

  /** In the log of this process, and in the master's. */
  #reportDropped(workerId: string): void {
    for (const message of this.#quota.takeReports(workerId, this.#options.clock.nowMs())) {
      const line = { kind: "log", level: "WARNING", logger: "locust.runners", message } as const;
      this.#options.onLog(line, "everywhere");
      this.#send({ kind: "userMessage", message: line });
    }
  }

  #send(message: ToMaster): void {
    this.#outbox.send(this.#link, message);
  }
}
