/**
 * Passes questions of user code to the desk of the run that is on, and its answers back to where they came from.
 * Questions of a run that is over, or before the first, are answered with that.
 */
import type { Clock } from "../../base/clock.ts";
import type { AnswerMessage, AskMessage, WithdrawMessage } from "../../protocol/question_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { AskDesk, type AskDeskOptions } from "./ask_desk.ts";
import type { MessageSource } from "../deliver_user_message.ts";
import type { LeaseProgress } from "./leases.ts";
import type { RosterChange } from "../workers/roster_worker.ts";

export interface RunQuestionsOptions {
  readonly toControl: (message: AnswerMessage) => void;
  /** How many workers there are. */
  readonly workers: () => number;
  readonly clock: Pick<Clock, "nowMs" | "schedule">;
  /** For the log. */
  readonly note: (line: string) => void;
  readonly toWorker: (workerId: string, message: AnswerMessage) => void;
}

export class RunQuestions {
  readonly #options: RunQuestionsOptions;
  #desk: AskDesk | undefined;

  constructor(options: RunQuestionsOptions) {
    this.#options = options;
  }

  /** A run is prepared: what the one before it shared is gone. */
  open(runId: string, journal: Pick<AskDeskOptions, "commit" | "earlier"> = {}): void {
    this.#desk = new AskDesk({
      runId,
      ...this.#options,
      ...journal,
      send: (source, message) => this.#send(source, message),
    });
  }

  /** This run ends. Its users still give back what they have not used. */
  close(runId: string): void {
    if (this.#desk?.runId === runId) this.#desk.close();
  }

  take(message: AskMessage | WithdrawMessage, source: MessageSource): void {
    const desk = this.#desk;
    if (desk === undefined || (source.kind === "worker" && message.runId !== desk.runId)) {
      const { runId, thread, number } = message;
      return this.#send(source, { kind: "answer", runId, thread, number, answer: { kind: "over" } });
    }
    if (message.kind === "ask") desk.ask(message, source);
    else desk.withdraw(message, source);
  }

  /** A worker came, went, or came back. */
  follow({ kind, worker }: RosterChange): void {
    if (kind === "missing" || kind === "forgotten" || kind === "left") this.#desk?.workerGone(worker.id);
    else this.#desk?.workerHere(worker.id);
  }

  progress(): readonly LeaseProgress[] {
    return this.#desk?.progress() ?? [];
  }

  /** For snapshots: how far feeds are used. */
  feeds(runId: string): Pick<SnapshotMessage, "feeds"> {
    const feeds = this.#desk?.runId === runId ? this.#desk.feeds() : [];
    return feeds.length === 0 ? {} : { feeds };
  }

  #send(source: MessageSource, message: AnswerMessage): void {
    if (source.kind === "control") this.#options.toControl(message);
    else this.#options.toWorker(source.id, message);
  }
}
