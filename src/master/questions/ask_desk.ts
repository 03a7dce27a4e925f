/**
 * Answers the questions of user code in one run: acts on each once, remembers what it answered, and repeats that when a
 * question is sent again. What is asked for belongs to others (`leases.ts`); this file knows who asks, who waits, and
 * who is gone.
 *
 * Invariant: a thread's question number is acted on at most once, also when its link broke before or after the answer.
 */
import type { Clock } from "../../base/clock.ts";
import {
  type Answer,
  type AnswerMessage,
  type AskMessage,
  MAX_OPEN_QUESTIONS,
  type OnceAnswer,
  type Question,
  type WithdrawMessage,
} from "../../protocol/question_message.ts";
import type { FeedProgress } from "../../protocol/snapshot_message.ts";
import { Barriers } from "./barriers.ts";
import type { MessageSource } from "../deliver_user_message.ts";
import { FeedTally } from "./feed_tally.ts";
import { type LeaseProgress, Leases } from "./leases.ts";
import { OnceTasks } from "./once_tasks.ts";
import { type GivenAnswer, NOTHING_SHARED, type SharedState } from "./shared_state.ts";
import { type SharedOutcome, SharedValues } from "./shared_values.ts";

export interface AskDeskOptions {
  readonly runId: string;
  readonly send: (source: MessageSource, message: AnswerMessage) => void;
  /** How many workers there are. */
  readonly workers: () => number;
  readonly clock: Pick<Clock, "nowMs" | "schedule">;
  /** For the log. */
  readonly note: (line: string) => void;
  /** Writes what has changed to the journal; answers are sent when it has been written. Absent: there is none. */
  readonly commit?: ((changes: SharedState) => Promise<void>) | undefined;
  /** What an earlier master of the run had given. */
  readonly earlier?: SharedState | undefined;
}

/** A question that waits. While its worker is away it is nowhere in line, and afterwards it is put in again. */
interface Waiting {
  readonly message: AskMessage;
  leave: (() => void) | undefined;
}

/** One thread that asks. */
interface Asker {
  readonly name: string;
  readonly source: MessageSource;
  readonly thread: number;
  readonly open: Map<number, Waiting>;
  /** Tasks that it was told to run, by the number of the question. */
  readonly running: Map<number, string>;
  /**
   * Answers, in order. A link delivers in order too, so that those which a thread may have missed are among the last
   * ones, and no more than it can have open.
   */
  readonly answered: Map<number, Answer>;
}

/** After a resume: workers dial in within a few seconds, or are gone. */
const RETURN_MS = 30_000;

type Settle = (answer: Answer) => void;
/** The answer, or what ends the wait for it. */
type Outcome = Answer | (() => void);
type QuestionOf<Kind extends Question["kind"]> = Extract<Question, { kind: Kind }>;
type Handlers = {
  readonly [K in Question["kind"]]: (question: QuestionOf<K>, asker: Asker, settle: Settle) => Outcome;
};

const DONE: Answer = { kind: "value", value: null };
const OVER: Answer = { kind: "over" };

/** Lines about barriers in one run. */
const MAX_BARRIER_NOTES = 100;

export class AskDesk {
  #barrierNotes = 0;
  readonly #options: AskDeskOptions;
  readonly #leases: Leases;
  readonly #feeds = new FeedTally();
  readonly #values: SharedValues;
  readonly #tasks: OnceTasks;
  readonly #barriers: Barriers;
  readonly #askers = new Map<string, Asker>();
  readonly #goneWorkers = new Set<string>();
  readonly #goneThreads = new Set<string>();
  /** Answers that wait for the journal. */
  #unsent: (() => void)[] = [];
  #given: GivenAnswer[] = [];
  #committing = false;
  #expected = new Set<string>();
  #isClosing = false;

  readonly #handlers: Handlers = {
    lease: (question, { name: holder }, settle) => {
      if (this.#isClosing) return OVER;
      const { name, size, want, used } = question;
      const outcome = this.#leases.request(
        { holder, name, size, want, used },
        (value) => settle({ kind: "value", value }),
      );
      return toOutcome(outcome);
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
    count: ({ name, add }) => toAnswer(this.#values.count(name, add)),
    get: ({ name }) => toAnswer(this.#values.get(name)),
    set: ({ name, value }) => toAnswer(this.#values.set(name, value)),
    barrier: ({ name, parties }, _asker, settle) => {
      if (this.#isClosing) return OVER;
      return toOutcome(this.#barriers.arrive(name, parties, (value) => settle({ kind: "value", value })));
    },
    once: ({ name }, { name: thread }, settle) => {
      if (this.#isClosing) return OVER;
      return toOutcome(this.#tasks.ask(name, thread, (value) => settle({ kind: "value", value })));
    },
    onceDone: ({ name, value }) => {
      this.#tasks.end(name, { state: "done", value });
      return DONE;
    },
    onceFailed: ({ name, problem }) => {
      this.#tasks.end(name, { state: "failed", problem });
      return DONE;
    },
    onceLeft: ({ name }, { name: thread }) => {
      this.#tasks.leave(name, thread);
      return DONE;
    },
    threadGone: (_question, asker) => {
      this.#goneThreads.add(asker.name);
      this.#judgeThreads();
      return DONE;
    },
    unknown: ({ name }) => ({
      kind: "problem",
      problem: `the master does not know questions of kind "${name}"; run the same version on master and workers`,
    }),
  };

  constructor(options: AskDeskOptions) {
    this.#options = options;
    const { earlier = NOTHING_SHARED } = options;
    this.#leases = Leases.restore(earlier.leases);
    this.#values = SharedValues.restore(earlier);
    this.#tasks = OnceTasks.restore(earlier.tasks);
    this.#expectThreads(earlier);
    this.#barriers = new Barriers({
      nowMs: () => options.clock.nowMs(),
      released: (name, parties, waitedMs) => this.#noteBarrier(name, parties, waitedMs),
    });
  }

  get runId(): string {
    return this.#options.runId;
  }

  /** A barrier in each task would fill the log. */
  #noteBarrier(name: string, parties: number, waitedMs: number): void {
    if (this.#barrierNotes >= MAX_BARRIER_NOTES) return;
    this.#barrierNotes++;
    const { note } = this.#options;
    note(`Barrier "${name}": ${parties} users continue, the first has waited ${(waitedMs / 1000).toFixed(1)} s`);
    if (this.#barrierNotes === MAX_BARRIER_NOTES) note("Further barriers that users pass are not logged");
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
    asker.open.get(number)?.leave?.();
    asker.open.delete(number);
    const task = asker.running.get(number);
    if (task !== undefined) this.#tasks.leave(task, asker.name); // the answer came too late to be acted on
    this.#settle(asker, number, asker.answered.get(number) ?? DONE);
  }

  /** A worker is missing or has left: nobody waits for what its threads have, and they wait in no line. */
  workerGone(id: string): void {
    this.#goneWorkers.add(id);
    for (const asker of this.#askersOf(id)) {
      for (const waiting of asker.open.values()) {
        waiting.leave?.();
        waiting.leave = undefined;
      }
    }
    this.#judgeThreads();
  }

  /** It is here, perhaps again. */
  workerHere(id: string): void {
    this.#expected.delete(id);
    if (!this.#goneWorkers.delete(id)) return;
    this.#judgeThreads();
    for (const asker of this.#askersOf(id)) {
      for (const { message } of [...asker.open.values()]) this.#act(message, asker);
    }
  }

  /** The run ends: questions that wait are not answered any more, and new ones only to give something back. */
  close(): void {
    this.#isClosing = true;
    this.#leases.close();
    for (const asker of this.#askers.values()) {
      for (const [number, { leave }] of [...asker.open]) {
        leave?.();
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

  #act(message: AskMessage, asker: Asker): void {
    const { number, question } = message;
    const handle = this.#handlers[question.kind] as Handlers["lease"]; // its parameter is of the question's kind
    let isSettled = false;
    const settle = (answer: Answer) => {
      isSettled = true;
      asker.open.delete(number);
      if (question.kind === "once" && isToRun(answer)) asker.running.set(number, question.name);
      this.#settle(asker, number, answer, isChange(question, answer) ? "kept" : "found again");
    };
    const outcome = handle(question as QuestionOf<"lease">, asker, settle);
    if (isSettled) return;
    if (typeof outcome === "function") asker.open.set(number, { message, leave: outcome });
    else settle(outcome);
  }

  #settle(asker: Asker, number: number, answer: Answer, memory: "kept" | "found again" = "kept"): void {
    if (memory === "kept") {
      asker.answered.set(number, answer);
      if (this.#options.commit !== undefined) this.#given.push([asker.name, number, answer]);
    }
    for (const oldest of asker.answered.keys()) {
      if (asker.answered.size <= MAX_OPEN_QUESTIONS) break;
      asker.answered.delete(oldest);
      asker.running.delete(oldest);
    }
    this.#send(asker, number, answer);
  }

  #send({ source, thread }: Asker, number: number, answer: Answer): void {
    const { send, commit, runId } = this.#options;
    const message = { kind: "answer", runId, thread, number, answer } as const;
    if (commit === undefined) return send(source, message);
    this.#unsent.push(() => send(source, message));
    if (!this.#committing) void this.#commit(commit); // settles its own errors
  }

  /** Answers of one turn share a line, and so do those that come while one is written. */
  async #commit(commit: (changes: SharedState) => Promise<void>): Promise<void> {
    this.#committing = true;
    await Promise.resolve();
    while (this.#unsent.length > 0) {
      const unsent = this.#unsent.splice(0);
      const changes = {
        leases: this.#leases.takeChanges(),
        ...this.#values.takeChanges(),
        tasks: this.#tasks.takeChanges(),
        answers: this.#given.splice(0),
      };
      if (!isNothing(changes)) await commit(changes);
      for (const send of unsent) send();
    }
    this.#committing = false;
  }

  /** Threads that an earlier master has given something. Those that have not come back by then are gone. */
  #expectThreads({ answers, leases, tasks }: SharedState): void {
    const threads = new Set([
      ...answers.map(([thread]) => thread),
      ...leases.flatMap(({ held }) => Object.keys(held)),
      ...Object.values(tasks).flatMap(({ runner }) => runner ?? []),
    ]);
    const askers = [...threads].filter((thread) => thread.includes("/")).map((thread) => {
      const at = thread.lastIndexOf("/");
      return this.#askerOf({ kind: "worker", id: thread.slice(0, at) }, Number(thread.slice(at + 1)));
    });
    for (const [thread, number, answer] of answers) this.#askers.get(thread)?.answered.set(number, answer);
    const expected = new Set(askers.map(({ source }) => source.kind === "worker" ? source.id : ""));
    if (expected.size === 0) return;
    this.#expected = expected;
    this.#options.clock.schedule(RETURN_MS, () => {
      for (const id of expected) this.workerGone(id);
    });
  }

  #judgeThreads(): void {
    const isGone = (thread: string) => {
      const source = this.#askers.get(thread)?.source;
      return this.#goneThreads.has(thread) || (source?.kind === "worker" && this.#goneWorkers.has(source.id));
    };
    this.#leases.setGone(isGone);
    this.#tasks.dropThreads(isGone);
  }

  #askersOf(id: string): readonly Asker[] {
    return [...this.#askers.values()].filter(({ source }) => source.kind === "worker" && source.id === id);
  }

  #askerOf(source: MessageSource, thread: number): Asker {
    const name = source.kind === "control" ? "control" : `${source.id}/${thread}`;
    let asker = this.#askers.get(name);
    if (asker === undefined) {
      asker = { name, source, thread, open: new Map(), running: new Map(), answered: new Map() };
      this.#askers.set(name, asker);
    }
    return asker;
  }
}

/** Answers to questions that change nothing are found again when they are asked again; they may be large. */
function isChange({ kind }: Question, answer: Answer): boolean {
  return kind !== "get" && (kind !== "once" || isToRun(answer));
}

/** Reading changes nothing. */
function isNothing({ leases, counters, values, tasks, answers }: SharedState): boolean {
  const lists = [leases, answers, Object.keys(counters), Object.keys(values), Object.keys(tasks)];
  return lists.every((list) => list.length === 0);
}

function isToRun(answer: Answer): boolean {
  return answer.kind === "value" && (answer.value as OnceAnswer).state === "run";
}

function toOutcome(outcome: (() => void) | string): Outcome {
  return typeof outcome === "string" ? { kind: "problem", problem: outcome } : outcome;
}

function toAnswer(outcome: SharedOutcome): Answer {
  return "problem" in outcome ? { kind: "problem", ...outcome } : { kind: "value", ...outcome };
}
