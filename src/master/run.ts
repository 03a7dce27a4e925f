/**
 * One run from its start to its verdict: the state machine, the ramp, the ticks, the assignments and the ledger. `Master`,
 * which owns links and roster, passes it the messages of workers and sends its answers.
 *
 * Invariant: everything that readers see is a run event, in order, `runStarted` first and `runEnded` last.
 */
import type { Timer } from "../base/clock.ts";
import type { SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../protocol/threshold_message.ts";
import type { WorkerHealth } from "../protocol/health_message.ts";
import type { ReadyMessage, ToMaster, ToWorker } from "../protocol/worker_message.ts";
import type { EntryDetail, Ledger } from "../stats/ledger/ledger.ts";
import type { LedgerState } from "../stats/ledger/ledger_state.ts";
import type { RunVerdict } from "../stats/verdict/doubt.ts";
import { RunDrain } from "./run_drain.ts";
import { describeChange, RunBriefing, type RunChange } from "./run_briefing.ts";
import type { RunOutcome, StopReason } from "./run_event.ts";
import type { RunDependencies } from "./run_dependencies.ts";
import { createArrivals } from "./arrivals/create_arrivals.ts";
import type { RunArrivals } from "./arrivals/run_arrivals.ts";
import { RunCounts } from "./run_counts.ts";
import { RunHealth } from "./judging/run_health.ts";
import { readIterationUsers } from "./users/iteration_users.ts";
import { createIterations, type RunIterations } from "./users/run_iterations.ts";
import { RunLoad } from "./load/run_load.ts";
import { createScenarios, type RunScenarios } from "./scenarios/run_scenarios.ts";
import { describeStart, type RunProgress, type RunSettings, type RunStart } from "./run_settings.ts";
import { snapshotRun } from "./run_snapshot.ts";
import { nextRunState, type RunInput, type RunState } from "./run_state.ts";
import { SETTLE_MS, startTicker } from "./ticker.ts";
import { RunUsers } from "./load/run_users.ts";

const TICK_MS = 1000;

/**
 * Arrivals of round rates are due at whole seconds and halves: what the master does once a second comes so much later, between two of 100/s, or it
 * would be in their way where a machine has few cores.
 */
const BESIDE_ARRIVALS_MS = 5;

export class Run {
  readonly settings: RunSettings;
  /** Undefined where no class has an arrival rate or a target rate. */
  readonly arrivals: RunArrivals | undefined;
  /** Undefined where no number of them was asked for. */
  readonly #iterations: RunIterations | undefined;
  /** Resolves when the run is asked to end. */
  readonly stopping: Promise<void>;
  /** Resolves when every worker has delivered its last numbers, or is no longer waited for. */
  readonly drained: Promise<void>;
  readonly #deps: RunDependencies;
  /** Undefined where the run has none. */
  readonly scenarios: RunScenarios | undefined;
  readonly #users: RunUsers;
  readonly #load: RunLoad;
  readonly #drain: RunDrain;
  readonly #health: RunHealth;
  readonly #counts: RunCounts;
  readonly #briefing: RunBriefing;
  #state: RunState = "ready";
  #only: readonly string[] | undefined; // classes that a shape restricts new users to
  #timers: Timer[] = [];
  #startedAtMs = 0;
  #reason: StopReason | undefined;
  #isResumed = false;
  #resolveStopping!: () => void;
  #resolveDrained!: () => void;

  constructor(settings: RunSettings, deps: RunDependencies) {
    this.settings = settings;
    this.#deps = deps;
    this.#health = new RunHealth(deps, () => this.#load.asked, () => this.arrivals?.schedule, settings.load.kind);
    const { monitor: health } = this.#health;
    const now = () => ({
      state: this.#state,
      target: this.#load.target,
      elapsedMs: this.progress().elapsedMs,
      schedule: this.arrivals?.schedule,
    });
    this.#iterations = createIterations(settings, () => readIterationUsers(deps, this.#users.wanted, now()));
    if (this.#iterations !== undefined) health.observeIterations();
    this.#drain = new RunDrain(deps);
    const join = (workerId: string) => this.#drain.join(workerId);
    this.#users = new RunUsers({ ...deps, settings, iterations: this.#iterations, join, health });
    const runMs = () => this.progress().elapsedMs;
    const countUsers = (worker: string, name: string) => this.#users.usersOf(worker)[name] ?? 0;
    this.arrivals = createArrivals(settings, { ...deps, join, runMs, countUsers, health });
    this.scenarios = createScenarios(settings, {
      ...deps,
      runMs,
      arrivals: this.arrivals,
      iterations: this.#iterations,
      onRamp: (target, perSecond) => this.#beginRamp(target, perSecond),
      onUsers: (users) => this.#users.resizeAll(users),
      onEnd: () => this.stop({ kind: "scenariosEnded" }),
    });
    this.#load = new RunLoad({
      clock: deps.clock,
      scenarios: this.scenarios,
      onUsers: (users) => this.#wantUsers(users),
      onTarget: (users, spawnRate, only) => this.setTarget(users, spawnRate, only),
      onEnd: (reason) => this.stop(reason),
      askShape: (runTimeSeconds, timeoutMs) =>
        deps.askShape({ runTimeSeconds, currentUsers: deps.roster.userCount }, timeoutMs),
    });
    this.#counts = new RunCounts(deps);
    this.#briefing = new RunBriefing({ plan: settings.plan, resets: () => deps.ledger.resets, send: deps.send });
    this.stopping = new Promise((resolve) => this.#resolveStopping = resolve);
    this.drained = new Promise((resolve) => this.#resolveDrained = resolve);
  }

  get id(): string {
    return this.settings.plan.runId;
  }

  get state(): RunState {
    return this.#state;
  }

  get targetUserCount(): number {
    return this.#load.target;
  }

  /** The state that a resumed run starts from. */
  progress(): RunProgress {
    const elapsedMs = this.#deps.clock.nowMs() - this.#startedAtMs;
    const scenarios = this.scenarios?.driver.moments;
    const { total: wantedUsers, nextIndex } = this.#users.wanted;
    return { wantedUsers, nextIndex, elapsedMs, ...(scenarios === undefined ? {} : { scenarios }) };
  }

  /**
   * Sends the plan to the workers that are here, with an assignment of no users. It is applied when listeners of `testStart` in their
   * threads have ended: the roster is settled then, and the ramp and the run time can begin.
   */
  planWorkers(): void {
    this.#users.plan((id) => this.#briefing.brief(id));
  }

  /** Starts users, ticks and the run's time limit. */
  begin({ resume, early }: RunStart = {}): void {
    const { clock, ledger, roster, events } = this.#deps;
    this.#advance("start");
    this.#startedAtMs = clock.nowMs() - (resume?.elapsedMs ?? 0);
    this.#deps.runClock.step();
    if (resume === undefined) ledger.start();
    else this.#drain.expectEarlier(resume.missing);
    if (resume !== undefined) this.#health.monitor.observeResume(resume.earlier);
    this.#isResumed = resume !== undefined;
    events(describeStart(this.settings, resume === undefined ? ledger.startWallMs : clock.wallMs()));
    const phaseMs = this.arrivals === undefined ? 0 : BESIDE_ARRIVALS_MS;
    this.#timers.push(startTicker(clock, TICK_MS, (lateMs) => this.#tick(lateMs), TICK_MS + phaseMs, SETTLE_MS));
    this.#timers.push(startTicker(clock, TICK_MS, () => this.arrivals?.tick(), TICK_MS / 2 + phaseMs));
    this.#users.begin(resume?.nextIndex);
    for (const { id } of roster.placeable()) this.#briefing.brief(id); // those that have it ignore it
    if (resume !== undefined && this.scenarios === undefined) {
      this.#load.ramp.jumpTo(resume.wantedUsers);
      this.#users.resize(resume.wantedUsers);
    }
    if (early !== undefined) {
      const { load } = this.settings;
      this.#health.monitor.observeUsers(0, { wanted: 0, target: load.kind === "users" ? load.users : 1 });
      return this.stop(early);
    }
    if (this.settings.load.kind !== "shape") this.setRunTime(this.settings.runTimeSeconds);
    this.arrivals?.begin(resume?.elapsedMs ?? 0);
    this.#load.start(this.settings.load, resume?.elapsedMs ?? 0, resume?.scenarios);
  }

  /** Sets another time limit, counted from the start of the run; undefined: none. One that is over ends the run at once. */
  setRunTime(seconds: number | undefined): void {
    this.#load.setRunTime(seconds, this.progress().elapsedMs);
    this.arrivals?.endAt(seconds === undefined ? undefined : seconds * 1000);
  }

  /** Sets another number of users. */
  setTarget(users: number, spawnRate: number, only?: readonly string[]): void {
    if (this.scenarios !== undefined || !this.#beginRamp(users, spawnRate)) return; // scenarios decide
    this.#only = only ?? this.#only;
    this.#load.ramp.go(users, spawnRate);
    this.#checkRamp();
  }

  #beginRamp(users: number, spawnRate: number): boolean {
    if (!this.#advance("target")) return false;
    this.#deps.events({ kind: "rampStarted", users, spawnRate, fromUsers: this.#users.wanted.total });
    return true;
  }

  /** Another base URL, or other options of the locustfile, for users that run and users to come. */
  change(what: RunChange): void {
    if (this.#state !== "spawning" && this.#state !== "running") return;
    this.#deps.events(describeChange(what, this.settings.secretOptions));
    this.#briefing.change(what, this.#deps.roster.placeable().map(({ id }) => id));
  }

  /** A worker has declared itself, or is heard again on its link: it gets the plan and its whole assignment. */
  takeReady(workerId: string, kept: ReadyMessage["run"] | "asAssigned"): void {
    if (this.#state === "ready" || this.#state === "stopped") return;
    const ours = kept === "asAssigned" || kept?.runId !== this.id ? undefined : kept;
    if (ours !== undefined) this.#drain.join(workerId);
    else if (kept !== "asAssigned") this.#drain.hasNothing(workerId);
    if (this.#state === "stopping") {
      if (ours !== undefined) this.#send(workerId, { kind: "stop", runId: this.id });
      return this.#checkDrained();
    }
    if (kept !== "asAssigned") this.#users.adopt(workerId, ours);
    this.#briefing.brief(workerId);
    this.#users.workerReady(workerId);
    this.arrivals?.memberReady(workerId);
    if (this.#state === "running") this.#briefing.spawningComplete(workerId, this.#deps.roster.userCount);
  }

  /** A worker's own measurements of its last second. */
  observe(workerId: string, health: WorkerHealth): void {
    if (this.#state === "stopping") return this.#health.monitor.observeHung(workerId, health);
    if (this.#state !== "spawning" && this.#state !== "running") return;
    this.#health.observeWorker(workerId, health);
    this.#checkIterations();
  }

  /** A worker was or is away. */
  observeAbsence(workerId: string, users: number, kind: "returned" | "lost", awayMs: number): void {
    if (kind === "lost") this.#deps.ledger.reach.forget(workerId);
    if (!this.#drain.has(workerId) || this.#state === "stopped") return;
    this.#health.observeAbsence(workerId, users, kind, awayMs);
  }

  /** A worker left or fell silent: the others take over its users. */
  workersChanged(): void {
    if (this.#state === "spawning" || this.#state === "running") {
      this.#users.workersChanged();
      this.arrivals?.membersChanged();
      this.#checkRamp();
    } else if (this.#state === "stopping") {
      this.#checkDrained();
    }
  }

  /** A message of a worker about this run. */
  hear(workerId: string, message: Extract<ToMaster, { kind: "applied" | "stats" | "stopped" }>): void {
    const { roster, deliveries } = this.#deps;
    this.#deps.runClock.step();
    switch (message.kind) {
      case "applied":
        roster.apply(workerId, message.epoch, message.users);
        this.#health.observeApplied(workerId);
        this.scenarios?.heard(workerId, message.endedStreams);
        this.#checkRamp();
        return this.#checkIterations();
      case "stats":
        this.#counts.receive(workerId, message, (delta) => this.#iterations?.count(workerId, delta.iterations));
        this.scenarios?.heard();
        this.#checkIterations();
        this.#deps.acknowledge(this.#state === "stopping" || this.#iterations?.isEnding === true ? "prompt" : "ticks");
        return this.#checkDrained();
      case "stopped":
        deliveries.stopped(workerId, message.lastSeq);
        roster.stopped(workerId);
        if (message.abandoned === 0) this.#health.monitor.observeAnswered(workerId);
        return this.#checkDrained();
    }
  }

  /** Ends the run: users finish what they have begun, workers deliver, and `ended` resolves. */
  stop(reason: StopReason): void {
    if (this.#reason !== undefined || !this.#advance("stop")) return;
    this.#reason = reason;
    this.#deps.runClock.step();
    this.#deps.ledger.endLoad();
    const { roster, events } = this.#deps;
    this.#load.cancel();
    this.arrivals?.end();
    this.#health.observeEnd(reason);
    events({ kind: "stopping", reason, users: roster.userCount, usersByClass: roster.usersByClass() });
    for (const worker of roster.list()) {
      roster.askStop(worker.id);
      this.#send(worker.id, { kind: "stop", runId: this.id });
    }
    this.#resolveStopping();
    this.#drain.begin(
      this.settings.plan.stopTimeoutSeconds,
      () => this.#checkDrained(),
      (workers) => events({ kind: "draining", workers }),
    );
    this.#checkDrained();
  }

  /** The verdict and the last event. Call it once, when the run has drained and listeners of `testStop` have ended. */
  conclude(): RunOutcome {
    const { runClock, ledger, events } = this.#deps;
    runClock.step();
    ledger.complete();
    const snapshot = this.snapshot();
    const thresholds = this.#deps.concludeThresholds(snapshot);
    const verdict = this.#counts.noteIn(this.verdictOf(snapshot, thresholds));
    const found = { ...(thresholds === undefined ? {} : { thresholds }), ...this.#deps.search?.found() };
    const outcome = { reason: this.#reason ?? { kind: "requested" as const }, snapshot, verdict, ...found };
    events({ kind: "runEnded", ...outcome });
    return outcome;
  }

  /** Clears the statistics at once: only samples that start from now on count. Users are not affected. Has no effect after the stop. */
  resetStats(): void {
    if (this.#state !== "spawning" && this.#state !== "running") return;
    this.#deps.runClock.step();
    this.#deps.events({ kind: "statsReset", snapshot: this.snapshot() }); // listeners of resetStats see what is about to go
    this.#deps.ledger.reset();
    this.arrivals?.schedule.resetStats();
    this.#health.observeReset();
    for (const { id } of this.#deps.roster.placeable()) this.#briefing.sendReset(id);
  }

  /** Whole histograms and counts by second of every row. */
  details(): EntryDetail[] {
    return this.#deps.ledger.details();
  }

  /** What the verdict would be if the run ended with this snapshot. */
  verdictOf(snapshot: SnapshotMessage, thresholds: readonly ThresholdStatus[] | undefined): RunVerdict {
    return this.#health.judge(snapshot, thresholds);
  }

  /** What the web UI shows beside snapshots. */
  get counts(): Pick<Ledger, "failureSamples" | "saveTotal"> {
    return this.#deps.ledger;
  }

  saveLedger(): LedgerState {
    return this.#deps.ledger.save();
  }

  observeListenerFailures(times: number): void {
    this.#health.monitor.observeListenerFailures(times);
  }

  snapshot(): SnapshotMessage {
    return snapshotRun(this.#deps, {
      state: this.#state,
      targetUserCount: this.#load.target,
      health: this.#health.monitor,
      scenarios: this.scenarios,
      schedule: this.arrivals?.schedule,
      iterations: this.#iterations,
    });
  }

  #tick(lateMs: number): void {
    const { ledger, events } = this.#deps;
    this.#deps.runClock.step();
    ledger.rotate();
    this.#health.tick(lateMs);
    if (this.#state !== "stopping") this.#health.observeUsers();
    this.scenarios?.heard();
    this.#checkRamp();
    events({ kind: "ticked", snapshot: this.snapshot() });
  }

  #wantUsers(users: number): void {
    this.#users.resize(users, this.#only);
    this.#checkRamp();
  }

  #checkRamp(): void {
    const { roster } = this.#deps;
    if (this.#state !== "spawning" || !this.#load.isRampComplete || !roster.isSettled) return;
    this.#advance("ramped");
    // The wanted numbers: users that are stopping may still finish a request, and one that ended by itself has been spawned.
    const { usersByClass, total: users } = this.#users.wanted;
    if (this.scenarios === undefined) this.#health.monitor.observeRamped(users, this.#load.ramp);
    this.#deps.events({ kind: "rampCompleted", usersByClass, users });
    this.arrivals?.usersChanged();
    for (const { id } of roster.placeable()) this.#briefing.spawningComplete(id, roster.userCount);
    if (this.settings.resetStats === true && !this.#isResumed) this.resetStats();
  }

  #checkIterations(): void {
    if (this.#iterations?.isOver === true) this.stop(this.#iterations.reason);
  }

  #checkDrained(): void {
    if (this.#state !== "stopping" || !this.#drain.isOver) return;
    this.#drain.cancel();
    for (const { id, users, awayMs } of this.#drain.pendingWorkers()) this.observeAbsence(id, users, "lost", awayMs);
    for (const timer of this.#timers) timer.cancel();
    this.#advance("drained");
    this.#resolveDrained();
  }

  #advance(input: RunInput): boolean {
    const next = nextRunState(this.#state, input);
    if (next !== undefined) this.#state = next;
    return next !== undefined;
  }

  #send(workerId: string, message: ToWorker): void {
    this.#deps.send(workerId, message);
  }
}
