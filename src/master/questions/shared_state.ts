/**
 * The state that threads of a run share on the master, as the journal has it: each line what has changed since the line
 * before, with the answers that follow from it. A line is written before its answers are sent, so that a master that
 * resumes the run gives nothing twice. Pure.
 */
import { type Answer, MAX_OPEN_QUESTIONS, type OnceAnswer } from "../../protocol/question_message.ts";
import type { LeaseState } from "./leases.ts";

export type OnceOutcome = Extract<OnceAnswer, { state: "done" | "failed" }>;

/** `runner`: the thread that runs it; null: none does. */
export interface OnceState {
  readonly runner: string | null;
  readonly outcome?: OnceOutcome;
}

/** An answer that must not be given in another way: thread (`worker/thread`), number of its question, answer. */
export type GivenAnswer = readonly [thread: string, number: number, answer: Answer];

/** A change, and the sum of all changes. */
export interface SharedState {
  /** In a change: the ranges that have changed, with the holders that have. */
  readonly leases: readonly LeaseState[];
  readonly counters: Readonly<Record<string, number>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly tasks: Readonly<Record<string, OnceState>>;
  readonly answers: readonly GivenAnswer[];
}

export const NOTHING_SHARED: SharedState = { leases: [], counters: {}, values: {}, tasks: {}, answers: [] };

/** Adds changes up, one after the other. */
export class SharedHistory {
  readonly #leases = new Map<string, LeaseState>();
  readonly #counters = new Map<string, number>(); // a name may be one of an object's own, like "__proto__"
  readonly #values = new Map<string, unknown>();
  readonly #tasks = new Map<string, OnceState>();
  readonly #answers = new Map<string, Map<number, Answer>>();

  add({ leases, counters, values, tasks, answers }: SharedState): void {
    for (const change of leases) {
      const held = { ...this.#leases.get(change.name)?.held, ...change.held };
      this.#leases.set(change.name, { ...change, held });
    }
    for (const [name, sum] of Object.entries(counters)) this.#counters.set(name, sum);
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
    for (const [name, task] of Object.entries(tasks)) this.#tasks.set(name, task);
    for (const [thread, number, answer] of answers) {
      let given = this.#answers.get(thread);
      if (given === undefined) this.#answers.set(thread, given = new Map());
      given.set(number, answer);
      const [oldest] = given.keys();
      if (given.size > MAX_OPEN_QUESTIONS && oldest !== undefined) given.delete(oldest);
    }
  }

  get sum(): SharedState {
    return {
      leases: [...this.#leases.values()],
      counters: Object.fromEntries(this.#counters),
      values: Object.fromEntries(this.#values),
      tasks: Object.fromEntries(this.#tasks),
      answers: [...this.#answers].flatMap(([thread, given]) =>
        [...given].map(([number, answer]) => [thread, number, answer] as const)
      ),
    };
  }
}
