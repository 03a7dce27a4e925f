/**
 * The whole way of a question in one process and without real time: threads of workers with their `MasterQuestions`, each worker's
 * `PendingAsks`, lossy links, and the master's `RunQuestions`.
 */
import { MasterQuestions } from "../../src/control/master_questions.ts";
import { RunQuestions } from "../../src/master/questions/run_questions.ts";
import { SharedHistory } from "../../src/master/questions/shared_state.ts";
import type { AnswerMessage, AskMessage, WithdrawMessage } from "../../src/protocol/question_message.ts";
import { SharedTurns } from "../../src/user/cluster/shared_turns.ts";
import { PendingAsks } from "../../src/worker/pending_asks.ts";
import { FakeClock } from "./fake_clock.ts";
import { createLossyLink, type LossyLink } from "./lossy_link.ts";

type Up = AskMessage | WithdrawMessage;

export const RUN = "run-1";

class AskWorker {
  readonly id: string;
  readonly threads: readonly MasterQuestions[];
  readonly pending: PendingAsks;
  readonly lines: string[] = [];
  link: LossyLink<Up, AnswerMessage> | undefined;

  constructor(id: string, threads: number, clock: FakeClock, seed: number) {
    this.id = id;
    this.pending = new PendingAsks({
      send: (message) => this.link?.ends[0].send(message),
      answer: (message) => this.threads[message.thread]?.answer(message),
    });
    const turns = new SharedTurns();
    this.threads = Array.from(
      { length: threads },
      (_, thread) =>
        new MasterQuestions({
          runId: RUN,
          thread,
          seed,
          place: { workerIndex: Number(id.slice(1)), threadIndex: thread },
          turns,
          clock,
          say: (message) => message.kind === "log" ? void this.lines.push(message.message) : this.pending.take(message),
        }),
    );
  }
}

export class AskCluster {
  readonly clock = new FakeClock();
  readonly workers: readonly AskWorker[];
  master: RunQuestions;
  /** What the master has logged. */
  readonly lines: string[] = [];
  readonly #delayMs: number;
  /** How long the disk takes for a line of the journal; undefined: there is none. */
  readonly #journalMs: number | undefined;
  readonly #disk: string[] = [];
  #masters = 0;

  constructor(
    shape: {
      readonly workers: number;
      readonly threads: number;
      readonly delayMs?: number;
      readonly journalMs?: number;
    },
  ) {
    this.#delayMs = shape.delayMs ?? 1;
    this.workers = Array.from(
      { length: shape.workers },
      (_, index) => new AskWorker(`w${index}`, shape.threads, this.clock, 1),
    );
    this.#journalMs = shape.journalMs;
    this.master = this.#openMaster();
    for (const worker of this.workers) this.connect(worker);
  }

  get threads(): readonly MasterQuestions[] {
    return this.workers.flatMap(({ threads }) => threads);
  }

  get feeds() {
    return this.master.feeds(RUN).feeds;
  }

  /** kill -9: what it had not written is gone, and so are the links. */
  killMaster(): void {
    this.#masters++;
    for (const worker of this.workers) this.disconnect(worker);
  }

  /** Another master, with the journal of the one before. */
  resumeMaster(): void {
    this.master = this.#openMaster();
    for (const worker of this.workers) this.connect(worker);
  }

  #openMaster(): RunQuestions {
    const id = this.#masters;
    const journalMs = this.#journalMs;
    const master = new RunQuestions({
      toControl: () => {},
      workers: () => this.workers.length,
      clock: this.clock,
      note: (line) => void this.lines.push(line),
      toWorker: (worker, message) => {
        if (id === this.#masters) this.#workerOf(worker)?.link?.ends[1].send(message);
      },
    });
    const history = new SharedHistory();
    for (const line of this.#disk) history.add(JSON.parse(line));
    master.open(
      RUN,
      journalMs === undefined ? {} : {
        earlier: history.sum,
        commit: async (changes) => {
          const line = JSON.stringify(changes);
          await this.clock.sleep(journalMs);
          if (id === this.#masters) this.#disk.push(line);
        },
      },
    );
    return master;
  }

  /** A link, in place of one that broke. */
  connect(worker: AskWorker): void {
    const link = createLossyLink<Up, AnswerMessage>(this.clock, this.#delayMs);
    worker.link = link;
    link.ends[1].open({
      message: (message) => this.master.take(message, { kind: "worker", id: worker.id }),
      ended() {},
    });
    link.ends[0].open({ message: (message) => worker.pending.answered(message), ended() {} });
    for (const thread of worker.threads) thread.noteMaster("here");
    worker.pending.repeat(2);
  }

  /** The link breaks: what is on its way is lost. */
  disconnect(worker: AskWorker): void {
    worker.link?.reset();
    worker.link = undefined;
    for (const thread of worker.threads) thread.noteMaster("away");
  }

  /** The master calls the worker missing. */
  lose(worker: AskWorker): void {
    this.disconnect(worker);
    this.master.follow({ kind: "missing", worker: { id: worker.id } } as Parameters<RunQuestions["follow"]>[0]);
  }

  #workerOf(id: string): AskWorker | undefined {
    return this.workers.find((worker) => worker.id === id);
  }
}
