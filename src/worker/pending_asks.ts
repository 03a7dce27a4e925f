/**
 * Questions of this worker's threads that the master has not answered. Sends each again over a new link, since the one
 * before may have lost it or its answer, and remembers which thread waits.
 *
 * Invariant: a question stays here until its answer has come or another run begins. A thread bounds how many it has.
 */
import type { AnswerMessage, AskMessage, WithdrawMessage } from "../protocol/question_message.ts";
import { QUESTIONS_MINOR } from "../protocol/worker_message.ts";

type Message = AskMessage | WithdrawMessage;

export interface PendingAsksOptions {
  /** To the master; does nothing without a link. */
  readonly send: (message: Message) => void;
  /** To the thread of the question. */
  readonly answer: (message: AnswerMessage) => void;
}

export class PendingAsks {
  readonly #options: PendingAsksOptions;
  readonly #pending = new Map<string, Message>();
  #masterMinor = Infinity;

  constructor(options: PendingAsksOptions) {
    this.#options = options;
  }

  /** Takes a message of a thread. */
  take(message: Message): void {
    if (this.#masterMinor < QUESTIONS_MINOR) {
      return this.#refuse(
        message,
        "the master is of an older version, which answers no questions; run the same version on both",
      );
    }
    this.#pending.set(keyOf(message), message);
    this.#options.send(message);
  }

  /** Hands an answer of the master to its thread. */
  answered(message: AnswerMessage): void {
    if (this.#pending.delete(keyOf(message))) this.#options.answer(message);
  }

  /** A new link to a master that speaks this minor version: everything is sent again. */
  repeat(masterMinor: number): void {
    this.#masterMinor = masterMinor;
    if (masterMinor >= QUESTIONS_MINOR) {
      for (const message of this.#pending.values()) this.#options.send(message);
      return;
    }
    const refused = [...this.#pending.values()];
    this.#pending.clear();
    for (const message of refused) this.take(message);
  }

  /** Another run begins: the threads of the one before wait for nothing. */
  begin(runId: string): void {
    for (const [key, message] of this.#pending) if (message.runId !== runId) this.#pending.delete(key);
  }

  /** A thread died in this run. The master learns that it waits for nothing, and asks for nothing more. */
  threadGone(runId: string, thread: number): void {
    for (const [key, message] of this.#pending) {
      if (message.thread !== thread || message.kind !== "ask") continue;
      const withdrawn = { kind: "withdraw", runId: message.runId, thread, number: message.number } as const;
      this.#pending.set(key, withdrawn);
      this.#options.send(withdrawn);
    }
    this.take({ kind: "ask", runId, thread, number: Number.MAX_SAFE_INTEGER, question: { kind: "threadGone" } });
  }

  #refuse(message: Message, problem: string): void {
    if (message.kind === "withdraw") return;
    const { runId, thread, number } = message;
    this.#options.answer({ kind: "answer", runId, thread, number, answer: { kind: "problem", problem } });
  }
}

function keyOf({ thread, number }: Pick<Message, "thread" | "number">): string {
  return `${thread}/${number}`;
}
