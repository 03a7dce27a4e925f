/**
 * The open questions of one thread (or of the control thread) in one run: numbers them, bounds them, and settles each
 * with its answer, at its time limit, or at the end of the run. Whoever owns the thread passes messages on; sending
 * again after a broken link is the worker's part (`worker/pending_asks.ts`).
 */
import type { Clock, Timer } from "../base/clock.ts";
import { type ErrorCode, LocustError } from "../base/errors.ts";
import {
  type AnswerMessage,
  type AskMessage,
  MAX_OPEN_QUESTIONS,
  type Question,
  type WithdrawMessage,
} from "../protocol/question_message.ts";
import type { UserLogMessage } from "../protocol/user_message.ts";
import type { AskOptions, MasterPort, ThreadPlace } from "../user/cluster/master_port.ts";
import { SharedTurns } from "../user/cluster/shared_turns.ts";

/** Time limits are looked at this often: thousands of questions need no timer each. */
const LOOK_MS = 250;

/** So long a thread waits at the end of a run for answers to what it has asked. */
const CONCLUDE_MS = 1000;

interface Open {
  readonly what: string;
  readonly dueMs: number;
  readonly limitMs: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly unlisten: () => void;
}

export interface MasterQuestionsOptions {
  /** Empty in the control thread: the run that is on. */
  readonly runId: string;
  /** Of the worker; -1: the control thread. */
  readonly thread: number;
  readonly seed: number;
  readonly place: ThreadPlace;
  /** Absent: no other thread has the feeds of this one. */
  readonly turns?: SharedTurns;
  readonly clock: Clock;
  readonly say: (message: AskMessage | WithdrawMessage | UserLogMessage) => void;
}

export class MasterQuestions implements MasterPort {
  readonly #options: MasterQuestionsOptions;
  readonly turns: SharedTurns;
  readonly #open = new Map<number, Open>();
  readonly #closers: (() => void)[] = [];
  readonly #stopping = new AbortController();
  #last = 0;
  #look: Timer | undefined;
  #quiet: (() => void) | undefined;
  #isAway = false;
  #isOver = false;

  constructor(options: MasterQuestionsOptions) {
    this.#options = options;
    this.turns = options.turns ?? new SharedTurns();
  }

  get runId(): string {
    return this.#options.runId;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get seed(): number {
    return this.#options.seed;
  }

  get place(): ThreadPlace {
    return this.#options.place;
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  note(line: string): void {
    this.#options.say({ kind: "log", level: "INFO", logger: "locust.user", message: line, repeats: "counted" });
  }

  /** The run is being stopped: waits of code that is no user's end. */
  noteStop(): void {
    this.#stopping.abort();
  }

  ask(question: Question, { what, timeoutMs = Infinity, signal }: AskOptions): Promise<unknown> {
    if (this.#isOver) return Promise.reject(refusal("run_over", what, "the run is over"));
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#open.size >= MAX_OPEN_QUESTIONS) {
      const reason = `${MAX_OPEN_QUESTIONS} questions to the master have no answer yet; ask less often`;
      return Promise.reject(refusal("no_answer", what, reason));
    }
    const { runId, thread, clock, say } = this.#options;
    const number = ++this.#last;
    const asked = new Promise<unknown>((resolve, reject) => {
      const abort = () => {
        this.#giveUp(number);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      const unlisten = () => signal?.removeEventListener("abort", abort);
      const dueMs = clock.nowMs() + timeoutMs;
      this.#open.set(number, { what, dueMs, limitMs: timeoutMs, resolve, reject, unlisten });
    });
    if (timeoutMs !== Infinity) this.#lookLater();
    say({ kind: "ask", runId, thread, number, question });
    return asked;
  }

  /** An answer that nobody waits for any more changes nothing. */
  answer({ number, answer }: AnswerMessage): void {
    const open = this.#take(number);
    if (open === undefined) return;
    if (answer.kind === "value") open.resolve(answer.value);
    else if (answer.kind === "over") open.reject(refusal("run_over", open.what, "the run is over"));
    else open.reject(refusal("refused_question", open.what, answer.problem));
  }

  /** Whether the worker has a link to its master. */
  noteMaster(state: "here" | "away"): void {
    this.#isAway = state === "away";
  }

  atEnd(close: () => void): void {
    this.#closers.push(close);
  }

  /** The users have ended: what they leave is given back. Resolves when the master has it, or soon. */
  async conclude(): Promise<void> {
    for (const close of this.#closers.splice(0)) close();
    if (this.#open.size === 0 || this.#isAway) return;
    const quiet = Promise.withResolvers<void>();
    this.#quiet = quiet.resolve;
    const timer = this.#options.clock.schedule(CONCLUDE_MS, quiet.resolve);
    await quiet.promise;
    timer.cancel();
  }

  /** The run is over in this thread: what is open is not answered any more. */
  end(): void {
    for (const close of this.#closers.splice(0)) close();
    this.#isOver = true;
    this.#stopping.abort();
    this.#look?.cancel();
    for (const number of [...this.#open.keys()]) {
      const open = this.#take(number);
      open?.reject(refusal("run_over", open.what, "the run is over"));
    }
  }

  #lookLater(): void {
    this.#look ??= this.#options.clock.schedule(LOOK_MS, () => {
      this.#look = undefined;
      this.#expire();
      if ([...this.#open.values()].some(({ dueMs }) => dueMs !== Infinity)) this.#lookLater();
    });
  }

  #expire(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [number, { dueMs, what, limitMs, reject }] of this.#open) {
      if (dueMs > nowMs) continue;
      this.#giveUp(number);
      const reason = this.#isAway
        ? "the master is not connected; try again when it is back"
        : `the master has not answered within ${limitMs / 1000} s; give it more time, or ask less often`;
      reject(refusal(this.#isAway ? "master_away" : "no_answer", what, reason));
    }
  }

  #giveUp(number: number): void {
    if (this.#take(number) === undefined) return;
    const { runId, thread, say } = this.#options;
    say({ kind: "withdraw", runId, thread, number });
  }

  #take(number: number): Open | undefined {
    const open = this.#open.get(number);
    this.#open.delete(number);
    open?.unlisten();
    if (this.#open.size === 0) this.#quiet?.();
    return open;
  }
}

function refusal(code: ErrorCode, what: string, reason: string): LocustError {
  return new LocustError(`Cannot ${what}: ${reason}`, { code });
}
