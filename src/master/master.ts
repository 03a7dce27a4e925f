/**
 * Owns the links to the workers, the roster and the current run, and reports what happens to the control thread. Passes each message
 * of a worker to the owner of its subject. No message that comes over a link can stop the master.
 */
import { formatAmount } from "../base/text/text.ts";
import type { Timer } from "../base/clock.ts";
import { describeProblem } from "../base/errors.ts";
import { LISTENER_GRACE_MS } from "../control/listener_runner.ts";
import type { LinkEnd } from "../link/link.ts";
import { CountedLines } from "../protocol/counted_lines.ts";
import { decodeCustomData } from "../protocol/wire/custom_data.ts";
import type { ReadyMessage, ToMaster, ToWorker, WorkerIntroduction } from "../protocol/worker_message.ts";
import { REPORT_LEAD_MS } from "../base/report_times.ts";
import { Ledger } from "../stats/ledger/ledger.ts";
import { answerPart } from "./questions/answer_part.ts";
import { buildRun, type BuiltRun, type RunParts } from "./build_run.ts";
import { ControlClient } from "./control_client.ts";
import { Deliveries } from "./workers/deliveries.ts";
import type { ExpectedWorkers } from "./questions/expected_workers.ts";
import type { Journal } from "./journal/journal.ts";
import type { MasterOptions, WorkerLink } from "./master_options.ts";
import { type RecoveredRun, resumedProgress } from "./journal/resume.ts";
import { describeDifference } from "./workers/own_locustfile.ts";
import { Roster } from "./workers/roster.ts";
import { RosterWatch } from "./workers/roster_watch.ts";
import type { RosterChange } from "./workers/roster_worker.ts";
import { toRunEvent } from "./workers/roster_view.ts";
import type { Run } from "./run.ts";
import { RunClock } from "./run_clock.ts";
import type { StopReason } from "./run_event.ts";
import { RunQuestions } from "./questions/run_questions.ts";
import type { RunRecorder } from "./journal/run_recorder.ts";
import type { RunProgress, RunSettings } from "./run_settings.ts";
import { WorkerQuotas } from "./questions/worker_quotas.ts";

const CHECK_MS = 1000;
/** A longer wait is logged. */
const REMARKABLE_WAIT_MS = 2000;
/** Workers that are named in the log because they were not ready in time. */
const MAX_UNREADY = 1000;
/** What an answer may need on top of the time that a thread gives its listeners. */
const DELIVERY_MS = 5000;

/** A run that waits for its beginning. */
export interface PreparedRun extends BuiltRun {
  readonly resume?: RunProgress;
}

export class Master {
  readonly roster: Roster;
  readonly #options: MasterOptions;
  readonly #control: ControlClient;
  readonly #links = new Map<string, WorkerLink>();
  /** Why all workers were sent away. */
  #closedBy: string | undefined;
  /** Bytes that had come over each link at the last check. */
  readonly #knownBytes = new WeakMap<WorkerLink, number>();
  readonly #watch: RosterWatch;
  /** Workers whose link ended before they were ready. */
  readonly #unready = new Set<string>();
  #run: Run | undefined;
  #recorder: RunRecorder | undefined;
  #check: Timer | undefined;
  readonly #ackedSinceCheck = new Set<string>();
  readonly #counted = new CountedLines();
  readonly #quotas: WorkerQuotas;
  /** Answers questions of user code. */
  readonly questions: RunQuestions;

  constructor(options: MasterOptions) {
    this.#options = options;
    this.#control = new ControlClient(options);
    this.#watch = new RosterWatch(options.clock);
    this.#quotas = new WorkerQuotas(options);
    this.roster = new Roster({ clock: options.clock });
    this.questions = new RunQuestions({
      toControl: (message) => options.control.tell(message),
      clock: options.clock,
      note: (line) => options.logger.info(line),
      workers: () => this.roster.placeable().length,
      toWorker: (workerId, message) => this.#send(workerId, message),
    });
  }

  /** Starts to watch over the workers. */
  start(): void {
    this.#check = this.#options.clock.schedule(CHECK_MS, () => {
      this.start();
      this.#hearParts();
      for (const change of this.roster.check()) this.#tell(change);
      if (this.#run?.state === "stopping") this.#run.workersChanged(); // the wait for a lost worker has a limit
      this.#quotas.report((id) => this.#links.has(id));
      this.#sendHeartbeats();
    });
  }

  #hearParts(): void {
    for (const [id, link] of this.#links) {
      const known = this.#knownBytes.get(link) ?? 0;
      if (link.receivedBytes === known) continue;
      this.#knownBytes.set(link, link.receivedBytes);
      this.roster.hearPart(id);
      this.#run?.arrivals?.heard(id);
    }
  }

  get run(): Run | undefined {
    return this.#run;
  }

  /** Takes in a worker whose `hello` has been accepted. Its older link, if any, is replaced. One that comes after the end is sent away. */
  accept(link: WorkerLink, introduction: WorkerIntroduction): void {
    if (this.#closedBy !== undefined) return sendAway(link, this.#closedBy);
    const id = introduction.workerId;
    const older = this.#links.get(id);
    this.#links.set(id, link);
    older?.close("replaced by a newer link of the same worker");
    if (older !== undefined) {
      this.#tell(this.roster.loseLink(id, "the worker opened a new connection"));
      this.#run?.arrivals?.linkLost(id, "remote");
    }
    this.roster.greet(introduction);
    link.open({
      message: (message) => this.#heard(link, id, message),
      ended: (end) => this.#lost(link, id, end),
    });
  }

  /** Resolves when `count` workers are ready; false when that takes longer than `maxWaitMs` or the signal aborts. */
  waitForWorkers(count: number, maxWaitMs: number, signal: AbortSignal, expected?: ExpectedWorkers): Promise<boolean> {
    const isReached = () => (expected?.count(this.roster.ready()) ?? this.roster.readyCount) >= count;
    return this.#watch.until(isReached, maxWaitMs, signal);
  }

  /** Creates a run that `beginRun` begins. The one before it has drained. */
  prepareRun(settings: RunSettings, journal?: Journal): PreparedRun {
    const { load } = settings;
    const clock = new RunClock(this.#options.clock);
    const deliveries = new Deliveries(settings.plan.runId);
    const { run, recorder } = this.#createRun({
      settings,
      clock,
      ledger: new Ledger({ clock, leadMs: REPORT_LEAD_MS, reach: "told" }),
      deliveries,
      journal,
    });
    this.#control.update({ ...run.snapshot(), ...(load.kind === "users" ? { targetUserCount: load.users } : {}) });
    return { run, recorder };
  }

  /** The same for the run of an earlier master. Its workers dial in by themselves, with users and kept deltas. */
  async prepareResumedRun(recovered: RecoveredRun, journal?: Journal): Promise<PreparedRun> {
    const clock = new RunClock(this.#options.clock);
    const awayMs = Math.max(0, clock.wallMs() - recovered.wallMs);
    const ledger = Ledger.restore(recovered.ledger, { clock, awayMs, leadMs: REPORT_LEAD_MS, reach: "told" });
    this.#options.logger.info(
      `Resuming the run of an earlier master: ${
        formatAmount(recovered.ledger.total.requests, "request is", "requests are")
      } counted, it was away for ${Math.round(awayMs / 1000)} s`,
    );
    const deliveries = Deliveries.restore(recovered.deliveries);
    const { run, recorder } = this.#createRun({
      settings: recovered.settings,
      clock,
      ledger,
      deliveries,
      journal,
      earlier: recovered,
    });
    const resume = resumedProgress(recovered, awayMs);
    await recorder?.reserve(resume);
    this.#control.update(run.snapshot()); // a listener may hand out work to `runner.workers`
    return { run, recorder, resume };
  }

  /**
   * Begins a prepared run when listeners of `testStart` in the threads have ended, at the latest after their time limit. `early`:
   * asked then, what has ended the run meanwhile; `signal` ends the wait.
   */
  async beginRun(
    { run, recorder, resume }: PreparedRun,
    early: () => StopReason | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (resume === undefined) this.roster.forgetIncidents();
    this.#run = run;
    this.#recorder = recorder;
    if (resume === undefined) {
      run.planWorkers();
      await this.#waitForTestStart(signal);
    }
    run.begin({ resume, early: early() });
  }

  async #waitForTestStart(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    const hint = clock.schedule(REMARKABLE_WAIT_MS, () => {
      logger.info("Waiting for listeners of testStart on the workers; the run begins when they have ended");
    });
    const isSettled = () => this.roster.isSettled || this.roster.placeable().length === 0;
    if (!await this.#watch.until(isSettled, LISTENER_GRACE_MS + DELIVERY_MS, signal) && !signal.aborted) {
      logger.warning("Listeners of testStart on some workers have not ended; the run begins without them");
    }
    hint.cancel();
  }

  #createRun(parts: RunParts): BuiltRun {
    this.#counted.clear();
    return buildRun(parts, {
      options: this.#options,
      control: this.#control,
      roster: this.roster,
      questions: this.questions,
      acknowledged: (workerId) => this.#ackedSinceCheck.add(workerId),
      send: (workerId, message) => this.#send(workerId, message),
    });
  }

  /** Fires an event of user code in the control thread. No one waits for it. */
  fire(name: string, fields: Readonly<Record<string, unknown>>): void {
    this.#control.event(name, fields);
  }

  /** Hands a custom message of a worker to the listeners in the control thread. */
  deliverCustom(type: string, data: unknown, workerId: string): void {
    void this.#control.fire({ kind: "custom", type, data, workerId });
  }

  /** Fires `workerReport` with what a worker's listeners have added. */
  deliverReport(data: unknown, workerId: string): void {
    this.#control.event("workerReport", { clientId: workerId, data: decodeCustomData(data) });
  }

  /** Sends a message of user code to one worker, or to all. */
  sendCustom(type: string, data: unknown, workerId?: string): void {
    const receivers = workerId === undefined ? [...this.#links.keys()] : [workerId];
    for (const id of receivers) this.#send(id, { kind: "custom", type, data });
  }

  /** Sends all workers away and closes their links. */
  close(reason: string): void {
    this.#closedBy = reason;
    this.#check?.cancel();
    for (const [id, link] of this.#links) {
      this.#send(id, { kind: "quit", reason });
      link.close(reason);
    }
  }

  #heard(link: WorkerLink, id: string, message: ToMaster): void {
    if (this.#links.get(id) !== link) return;
    this.#run?.arrivals?.heard(id);
    const change = this.roster.hear(id);
    if (this.roster.isGivenUp(id)) return this.#askToDialAgain(link, id);
    this.#tell(change);
    if (change?.kind === "returned") this.#run?.takeReady(id, "asAssigned"); // nothing was lost on the link
    switch (message.kind) {
      case "ready":
        return this.#declared(id, message);
      case "heartbeat":
        this.#tell(this.roster.beat(id, message, message.health));
        return this.#run?.observe(id, message.health);
      case "arrivalsHeld":
        if (message.runId === this.#run?.id) this.#run.arrivals?.held(id, message.hold, message.atMs);
        return;
      case "applied":
      case "stats":
      case "stopped":
        if (message.runId === this.#run?.id) this.#run.hear(id, message);
        if (message.kind === "applied") this.#watch.changed();
        if (message.kind === "stats" && message.runId !== this.#run?.id) this.#dismiss(id, message.runId, message.seq);
        return;
      case "userMessage":
        if (this.#counted.isRepeated(message.message)) return;
        if (!this.#quotas.take(id, message.message)) return;
        return this.#options.onUserMessage(message.message, { kind: "worker", id });
      case "fetchPart":
        return void answerPart(this.#options.locustfile, message, id).then((part) => this.#send(id, part));
      case "leaving":
        this.roster.announceLeave(id);
        return this.#run?.workersChanged();
      case "bye":
        return this.#tell(this.roster.leave(id, message.reason));
      case "hello":
        return; // the handshake is over
      default:
        message satisfies never;
    }
  }

  /** It was silent for so long that nothing waits for it any more, while its link lived on. On another one it joins as a newcomer does. */
  #askToDialAgain(link: WorkerLink, id: string): void {
    this.#options.logger.info(`Worker ${id} was silent for too long and was given up; it must join again`);
    link.close("it was silent for too long and was given up; it may join again");
  }

  #declared(id: string, ready: ReadyMessage): void {
    const { locustfile } = this.#options;
    if (ready.locustfileHash === "") {
      locustfile.message().then((message) => this.#send(id, message), (error) => {
        this.#refuse(id, describeProblem(error));
      });
      return;
    }
    const difference = describeDifference(locustfile, ready.userClasses);
    if (difference !== undefined) return this.#refuse(id, difference);
    this.#tell(this.roster.declare(id, ready));
    const kept = ready.run?.runId;
    if (kept !== undefined && kept !== this.#run?.id) this.#send(id, { kind: "stop", runId: kept });
    this.#run?.takeReady(id, ready.run);
  }

  /** Counts of a run that has ended, or of an earlier master's run: they cannot be counted, and the worker need not keep them. */
  #dismiss(id: string, runId: string, seq: number): void {
    this.#options.logger.warning(
      `Worker ${id} delivered counts of run ${runId}, which is not the current run; they are not counted`,
    );
    this.#send(id, { kind: "ack", runId, seq });
  }

  #refuse(id: string, reason: string): void {
    this.#options.logger.warning(`Refused worker ${id}: ${reason}`);
    this.#send(id, { kind: "refused", reason });
    this.#links.get(id)?.close(reason);
  }

  #lost(link: WorkerLink, id: string, end: LinkEnd): void {
    if (this.#links.get(id) !== link) return;
    this.#links.delete(id);
    if (end.kind === "rejected") this.#options.logger.warning(`Worker ${id} sent an invalid message: ${end.reason}`);
    const change = this.roster.loseLink(id, end.reason);
    this.#run?.arrivals?.linkLost(id, end.kind);
    if (end.kind === "local") return; // we closed it
    if (this.roster.isNewcomer(id)) this.#tellUnready(id, link.peer, end);
    this.#tell(change);
  }

  /** Each worker is named once: it dials again by itself. */
  #tellUnready(id: string, peer: string, { reason }: LinkEnd): void {
    if (this.#unready.has(id) || this.#unready.size >= MAX_UNREADY) return;
    this.#unready.add(id);
    this.#options.logger.warning(
      `The link to worker ${id} from ${peer} ended before it was ready: ${reason}; its own log says what it was doing`,
    );
  }

  #tell(change: RosterChange | undefined): void {
    if (change === undefined) return;
    const { id } = change.worker;
    this.questions.follow(change);
    const event = toRunEvent(change, this.roster.readyCount, this.#run?.settings);
    if (event !== undefined) {
      if (this.#run !== undefined && this.#run.state !== "stopped") this.#recorder?.event(event);
      this.#options.events(event);
    }
    if (change.kind === "joined") this.#control.event("workerConnect", { clientId: id });
    if (change.kind === "returned") this.#run?.observeAbsence(id, change.users, "returned", change.awayMs);
    if (change.kind === "missing") this.#run?.observeAbsence(id, change.users, "lost", change.silentMs);
    if (change.kind === "left") this.#run?.observeAbsence(id, 0, "lost", 0);
    if (change.kind === "missing" || change.kind === "left" || change.kind === "forgotten") this.#run?.workersChanged();
    this.#watch.changed();
  }

  /** A heartbeat for each worker that has had no acknowledgement since the last check: an acknowledgement shows the same. */
  #sendHeartbeats(): void {
    const timestamp = this.#options.clock.wallMs() / 1000;
    const workers = [...this.#links.keys()];
    for (const id of workers) if (!this.#ackedSinceCheck.has(id)) this.#send(id, { kind: "heartbeat" });
    this.#ackedSinceCheck.clear();
    this.#control.events("heartbeatSent", workers.map((clientId) => ({ clientId, timestamp })));
  }

  #send(workerId: string, message: ToWorker): void {
    this.#links.get(workerId)?.send(message);
  }
}

/** Behind the welcome, which the handshake sends when it has been accepted: before it a worker takes no "quit". */
function sendAway(link: WorkerLink, reason: string): void {
  link.open({ message: () => {}, ended: () => {} });
  queueMicrotask(() => {
    link.send({ kind: "quit", reason });
    link.close(reason);
  });
}
