/**
 * A whole cluster in one process and without real time: the real master with its run, roster, deliveries and recorder, and model
 * workers, joined by lossy links. A test does to it what a network and an operator can do, and asks what has come of it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "../../src/base/logger.ts";
import type { ControlThread } from "../../src/control/control_thread.ts";
import { startHandshake } from "../../src/master/workers/handshake.ts";
import type { Journal } from "../../src/master/journal/journal.ts";
import { formatLine, type JournalLine } from "../../src/master/journal/journal_line.ts";
import { Master } from "../../src/master/master.ts";
import { recoverRun } from "../../src/master/journal/resume.ts";
import type { Run } from "../../src/master/run.ts";
import type { RunOutcome } from "../../src/master/run_event.ts";
import type { RunSettings } from "../../src/master/run_settings.ts";
import type { ToMaster, ToWorker } from "../../src/protocol/worker_message.ts";
import { FakeClock, settle } from "./fake_clock.ts";
import { createLossyLink, type LossyLink } from "./lossy_link.ts";
import { ModelWorker } from "./model_worker.ts";
import { ProcessClock } from "./process_clock.ts";

const CLASSES = ["Reader", "Writer"];
/** How long the disk takes for a write. */
const DISK_MS = 150;
const MASTER_TIMEOUT_MS = 15_000;

interface LivingMaster {
  readonly clock: ProcessClock;
  readonly master: Master;
  readonly run: Run;
}

export class ModelCluster implements Disposable {
  readonly clock = new FakeClock();
  readonly workers: ModelWorker[] = [];
  /** Numbers that users have been started with; a second start with one is a broken law. */
  readonly repeatedIndexes: number[] = [];
  readonly #indexes = new Set<string>();
  readonly #rebalancing: boolean;
  readonly #folder = mkdtempSync(join(tmpdir(), "locust-ts-model-"));
  readonly #links = new Map<string, LossyLink<ToMaster, ToWorker>>();
  readonly #delaysMs = new Map<string, number>();
  #disk: string[] = [];
  #living: LivingMaster | undefined;

  constructor(moves: "fewest" | "unmoved" = "fewest") {
    this.#rebalancing = moves === "fewest";
  }

  get run(): Run | undefined {
    return this.#living?.run;
  }

  get master(): Master | undefined {
    return this.#living?.master;
  }

  async startMaster(users: number): Promise<void> {
    if (this.#living !== undefined) return;
    const clock = new ProcessClock(this.clock);
    const recovered = this.#disk.length === 0 ? undefined : await this.#recover();
    const master = new Master({
      clock,
      logger: createLogger({ name: "model", level: "CRITICAL", wallMs: () => 0, sink() {} }),
      // A control thread whose listeners do nothing.
      control: { ask: () => Promise.resolve(null), tell() {} } as unknown as ControlThread,
      locustfile: { hash: "own", userClasses: CLASSES, message: () => Promise.reject(new Error("no worker asks")) },
      events() {},
      onUserMessage() {},
    });
    master.start();
    const journal = this.#openJournal(clock);
    const preparing = recovered === undefined
      ? Promise.resolve(master.prepareRun(settingsFor(users, this.#rebalancing), journal))
      : master.prepareResumedRun(recovered, journal);
    await this.clock.advance(2 * DISK_MS);
    const prepared = await preparing;
    await master.beginRun(prepared, () => undefined, new AbortController().signal);
    if (recovered?.stopping !== undefined) prepared.run.stop(recovered.stopping);
    this.#living = { clock, master, run: prepared.run };
  }

  /** kill -9: its links break, and what it had not written is gone. */
  killMaster(): void {
    this.#living?.clock.kill();
    this.#living = undefined;
    for (const link of this.#links.values()) link.reset();
  }

  async startWorker(threads: number): Promise<void> {
    const id = `worker_${this.workers.length}`;
    const worker = new ModelWorker({
      clock: this.clock,
      id,
      threads,
      userClasses: CLASSES,
      masterTimeoutMs: MASTER_TIMEOUT_MS,
      onStarted: (runId, index) => {
        const key = `${runId} ${index}`;
        if (this.#indexes.has(key)) this.repeatedIndexes.push(index);
        this.#indexes.add(key);
      },
      dial: () => this.#connect(id),
    });
    this.workers.push(worker);
    const started = worker.start();
    await this.clock.advance(5);
    await started;
  }

  killWorker(worker: ModelWorker): void {
    worker.kill();
    this.#links.get(worker.id)?.reset();
  }

  /** The network swallows what this worker and the master say, until they connect anew. */
  cut(worker: ModelWorker): void {
    const link = this.#links.get(worker.id);
    if (link !== undefined) link.wire.isCut = true;
  }

  reset(worker: ModelWorker): void {
    this.#links.get(worker.id)?.reset();
  }

  setDelay(worker: ModelWorker, delayMs: number): void {
    this.#delaysMs.set(worker.id, delayMs);
    const link = this.#links.get(worker.id);
    if (link !== undefined) link.wire.delayMs = delayMs;
  }

  /** Stops the run and lets time pass until it has ended. */
  async end(): Promise<RunOutcome> {
    const run = this.run;
    if (run === undefined) throw new Error("no master is there");
    let outcome: RunOutcome | undefined;
    void run.drained.then(() => outcome = run.conclude());
    run.stop({ kind: "requested" });
    for (let seconds = 0; outcome === undefined; seconds++) {
      if (seconds > 120) throw new Error("the run does not end");
      await this.clock.advance(1000);
      await settle();
    }
    return outcome;
  }

  [Symbol.dispose](): void {
    this.#living?.clock.kill();
    for (const worker of this.workers) worker.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #connect(id: string) {
    const living = this.#living;
    if (living === undefined) throw new Error("nothing listens there");
    const link = createLossyLink<ToMaster, ToWorker>(this.clock, this.#delaysMs.get(id) ?? 1);
    this.#links.set(id, link);
    const [workerEnd, masterEnd] = link.ends;
    startHandshake(masterEnd, {
      logger: createLogger({ name: "model", level: "CRITICAL", wallMs: () => 0, sink() {} }),
      version: "model",
      token: undefined,
      locustfileHash: "own",
      accept: (accepted, hello) => {
        living.master.accept(accepted, hello);
        return 0;
      },
    });
    return workerEnd;
  }

  /** A journal on a disk that outlives the master. */
  #openJournal(clock: ProcessClock): Journal {
    const pending: string[] = [];
    const journal = {
      path: "model",
      failure: undefined,
      detail: "full",
      droppedLines: 0,
      record: (line: JournalLine) => void pending.push(formatLine(line)),
      flush: async () => {
        const count = pending.length;
        await clock.sleep(DISK_MS);
        this.#disk.push(...pending.splice(0, count));
      },
      close: () => Promise.resolve(),
    };
    journal.record({ kind: "journalOpened", version: 3, program: "model", wallMs: clock.wallMs() });
    return journal as unknown as Journal;
  }

  async #recover() {
    const path = join(this.#folder, "run.ndjson");
    writeFileSync(path, this.#disk.join(""));
    return await recoverRun(path);
  }
}

function settingsFor(users: number, rebalancing: boolean): RunSettings {
  return {
    plan: {
      runId: "model-run",
      seed: 1,
      stopTimeoutSeconds: 0,
      tags: [],
      excludeTags: [],
      userClasses: CLASSES,
      classSettings: [],
      equalWeights: false,
      options: {},
      shared: null,
      phases: false,
    },
    classes: [{ name: "Reader", weight: 2, fixedCount: 0 }, { name: "Writer", weight: 1, fixedCount: 0 }],
    load: { kind: "users", users, spawnRate: 20 },
    rebalancing,
    locustfile: "locustfile.ts",
    version: "model",
  };
}
