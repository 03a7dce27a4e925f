/**
 * Answers the questions of user code in one run: acts on each once, remembers what it answered, and repeats that when a question is
 * sent again. What is asked for belongs to others (`leases.ts`); this file knows who asks, who waits, and who is gone.
 *
 * Invariant: a thread's question number is acted on at most once, also when its link broke before or after the answer.
 */
import {
  type Answer,
  type AnswerMessage,
  type AskMessage,
  MAX_OPEN_QUESTIONS,
  type Question,
  type WithdrawMessage,
} from "../protocol/question_message.ts";
import type { FeedProgress } from "../protocol/snapshot_message.ts";
import type { MessageSource } from "./deliver_user_message.ts";
import { FeedTally } from "./feed_tally.ts";
import { type LeaseProgress, Leases } from "./leases.ts";

export interface AskDeskOptions {
  readonly runId: string;
  readonly send: (source: MessageSource, message: AnswerMessage) => void;
  /** How many workers there are. */
  readonly workers: () => number;
  readonly leases?: Leases;
}

/** One thread that asks. */
interface Asker {
  readonly name: string;
  readonly source: MessageSource;
  readonly thread: number;
  /** Questions that wait, with what ends the wait. */
  readonly open: Map<number, () => void>;
  /**
   * Answers, in order. A link delivers in order too, so that those which a thread may have missed are among the last ones, and no more
   * than it can have open.
   */
  readonly answered: Map<number, Answer>;
}

type Settle = (answer: Answer) => void;
/** The answer, or what ends the wait for it. */
type Outcome = Answer | (() => void);
type QuestionOf<Kind extends Question["kind"]> = Extract<Question, { kind: Kind }>;
type Handlers = {
  readonly [K in Question["kind"]]: (question: QuestionOf<K>, asker: Asker, settle: Settle) => Outcome;
};

const DONE: Answer = { kind: "value", value: null };
const OVER: Answer = { kind: "over" };

export class AskDesk {
  readonly #options: AskDeskOptions;
  readonly #leases: Leases;
  readonly #feeds = new FeedTally();
  readonly #askers = new Map<string, Asker>();
  readonly #goneWorkers = new Set<string>();
  readonly #goneThreads = new Set<string>();
  #isClosing = false;

  readonly #handlers: Handlers = {
    lease: (question, { name: holder }, settle) => {
      if (this.#isClosing) return OVER;
      const { name, size, want, used } = question;
      const outcome = this.#leases.request(
        { holder, name, size, want, used },
        (value) => settle({ kind: "value", value }),
      );
      return typeof outcome === "string" ? { kind: "problem", problem: outcome } : outcome;
    },
    giveBack: ({ name, ranges, used }, { name: holder }) => {
      this.#leases.giveBack(holder, name, ranges, used);
      return DONE;
    },
    drawn: (question, { name: thread }) => {
      this.#feeds.drawn(thread, question);
      return DONE;
    },
    part: ({ name }, { source }) => {
      const worker = source.kind === "worker" ? source.id : "control";
      return { kind: "value", value: this.#feeds.part(name, worker, this.#options.workers()) };
    },
    threadGone: (_question, asker) => {
      this.#goneThreads.add(asker.name);
      this.#judgeHolders();
      return DONE;
    },
    unknown: ({ name }) => ({
      kind: "problem",
      problem: `the master does not know questions of kind "${name}"; run the same version on master and workers`,
    }),
  };

  constructor(options: AskDeskOptions) {
    this.#options = options;
    this.#leases = options.leases ?? new Leases();
  }

  get runId(): string {
    return this.#options.runId;
  }

  /** A question. One that was asked before is answered as before, or waits on. */
  ask(message: AskMessage, source: MessageSource): void {
    const asker = this.#askerOf(source, message.thread);
    const before = asker.answered.get(message.number);
    if (before !== undefined) return this.#send(asker, message.number, before);
    if (asker.open.has(message.number)) return;
    this.#act(message, asker);
  }

  /** Nobody waits for the answer any more. */
  withdraw({ thread, number }: WithdrawMessage, source: MessageSource): void {
    const asker = this.#askerOf(source, thread);
    asker.open.get(number)?.();
    asker.open.delete(number);
    this.#settle(asker, number, asker.answered.get(number) ?? DONE);
  }

  /** A worker is missing or has left: what its threads have and have not used is not waited for. */
  workerGone(id: string): void {
    this.#goneWorkers.add(id);
    this.#judgeHolders();
  }

  /** It is here, perhaps again. */
  workerHere(id: string): void {
    if (this.#goneWorkers.delete(id)) this.#judgeHolders();
  }

  /** The run ends: questions that wait are not answered any more, and new ones only to give something back. */
  close(): void {
    this.#isClosing = true;
    this.#leases.close();
    for (const asker of this.#askers.values()) {
      for (const [number, leave] of [...asker.open]) {
        leave();
        asker.open.delete(number);
        this.#settle(asker, number, OVER);
      }
    }
  }

  /** How far shared ranges are used. */
  progress(): readonly LeaseProgress[] {
    return this.#leases.progress();
  }

  /** How far the rows of feeds are used. */
  feeds(): readonly FeedProgress[] {
    return this.#feeds.progress(this.#leases.progress());
  }

  #act({ number, question }: AskMessage, asker: Asker): void {
    const handle = this.#handlers[question.kind] as Handlers["lease"]; // its parameter is of the question's kind
    let settled: Answer | undefined;
    const outcome = handle(question as QuestionOf<"lease">, asker, (answer) => {
      settled = answer;
      asker.open.delete(number);
      this.#settle(asker, number, answer);
    });
    if (settled !== undefined) return;
    if (typeof outcome === "function") asker.open.set(number, outcome);
    else this.#settle(asker, number, outcome);
  }

  #settle(asker: Asker, number: number, answer: Answer): void {
    asker.answered.set(number, answer);
    for (const oldest of asker.answered.keys()) {
      if (asker.answered.size <= MAX_OPEN_QUESTIONS) break;
      asker.answered.delete(oldest);
    }
    this.#send(asker, number, answer);
  }

  #send({ source, thread }: Asker, number: number, answer: Answer): void {
    this.#options.send(source, { kind: "answer", runId: this.#options.runId, thread, number, answer });
  }

  #judgeHolders(): void {
    this.#leases.setGone((holder) => {
      const asker = this.#askers.get(holder);
      const isWorkerGone = asker?.source.kind === "worker" && this.#goneWorkers.has(asker.source.id);
      return isWorkerGone || this.#goneThreads.has(holder);
    });
  }

  #askerOf(source: MessageSource, thread: number): Asker {
    const name = source.kind === "control" ? "control" : `${source.id}/${thread}`;
    let asker = this.#askers.get(name);
    if (asker === undefined) {
      asker = { name, source, thread, open: new Map(), answered: new Map() };
      this.#askers.set(name, asker);
    }
    return asker;
  }
}
