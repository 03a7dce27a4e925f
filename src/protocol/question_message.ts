/**
 * Questions of user code to the master, and their answers. A thread numbers its questions within a run; on its way a
 * question may be sent again, because links break, so the master answers each number of a thread once and repeats the
 * answer that it gave. Types only.
 */

/** Numbers from `from` up to, not including, `to`. */
export type NumberRange = readonly [from: number, to: number];

/** The control thread's number as one that asks. */
export const CONTROL_ASKER = -1;

export type Question =
  /**
   * Numbers of a shared range that no other thread has: `name` says which range, `size` how many numbers it has (null:
   * without end). `want`: how many would do for about a second; `used`: how many of those that it was granted the
   * thread has used so far.
   */
  | {
    readonly kind: "lease";
    readonly name: string;
    readonly size: number | null;
    readonly want: number;
    readonly used: number;
  }
  /** Numbers that the thread was granted, has not used, and will not use. `used` as in `lease`. */
  | {
    readonly kind: "giveBack";
    readonly name: string;
    readonly ranges: readonly NumberRange[];
    readonly used: number;
  }
  /** How many rows of a feed whose rows may repeat this thread has drawn in the run; `size` as in `lease`. */
  | { readonly kind: "drawn"; readonly name: string; readonly size: number | null; readonly count: number }
  /** Which part of `name` the worker has, and of how many: [2, 4] is the third of four. */
  | { readonly kind: "part"; readonly name: string }
  /** Adds to a counter; answered with the sum. */
  | { readonly kind: "count"; readonly name: string; readonly add: number }
  /**
   * Waits until so many have arrived at the same barrier; answered with how long the first of them has waited, in
   * milliseconds.
   */
  | { readonly kind: "barrier"; readonly name: string; readonly parties: number }
  /** Who runs a task that is run once: answered with an `OnceAnswer`, where another one runs it when that has ended. */
  | { readonly kind: "once"; readonly name: string }
  /** The task of this thread has ended, with its value. */
  | { readonly kind: "onceDone"; readonly name: string; readonly value: unknown }
  /** It threw: nobody runs it again. */
  | { readonly kind: "onceFailed"; readonly name: string; readonly problem: string }
  /** Its user had to stop: another one runs it. */
  | { readonly kind: "onceLeft"; readonly name: string }
  /** A value that all share, encoded by `custom_data.ts`; null where there is none. */
  | { readonly kind: "get"; readonly name: string }
  | { readonly kind: "set"; readonly name: string; readonly value: unknown }
  /** On behalf of a thread that died: what it was given may have been used, and it will ask for nothing more. */
  | { readonly kind: "threadGone" }
  /** A kind of a newer version. */
  | { readonly kind: "unknown"; readonly name: string };

/** The answer to `lease`: numbers, or none if all are used up. */
export interface LeaseAnswer {
  readonly ranges: readonly NumberRange[];
  readonly isEnded: boolean;
}

/** The answer to `once`: run it, or what came of it. */
export type OnceAnswer =
  | { readonly state: "run" }
  | { readonly state: "done"; readonly value: unknown }
  | { readonly state: "failed"; readonly problem: string };

export interface AskMessage {
  readonly kind: "ask";
  readonly runId: string;
  /** Of the worker; -1: the control thread. */
  readonly thread: number;
  /** 1, 2, 3 … of the thread and run. */
  readonly number: number;
  readonly question: Question;
}

/** Nobody waits for this answer any more. It is answered too, with nothing. */
export interface WithdrawMessage {
  readonly kind: "withdraw";
  readonly runId: string;
  readonly thread: number;
  readonly number: number;
}

/** The outcome of a question: a value, or a sentence that says why there is none. */
export type Answer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "problem"; readonly problem: string }
  /** Its run ends, or is over. */
  | { readonly kind: "over" };

export interface AnswerMessage {
  readonly kind: "answer";
  readonly runId: string;
  readonly thread: number;
  readonly number: number;
  readonly answer: Answer;
}

/** Questions that one thread may have open. Beyond it, it is refused at once: 10,000 users that all wait are still below. */
export const MAX_OPEN_QUESTIONS = 20_000;
