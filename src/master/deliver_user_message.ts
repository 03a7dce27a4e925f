/**
 * Acts on the messages of user code, in every kind of test: with workers, on one machine, in library use and with
 * `--once`. Decides per kind and source which outlet a message concerns; the outlets belong to the owner of the test.
 */
import type { AskMessage, WithdrawMessage } from "../protocol/question_message.ts";
import type { ControlUserMessage } from "../protocol/user_message.ts";
import type { StopReason } from "./run_event.ts";

/** The thread that a message comes from: the control thread, or one of a worker. */
export type MessageSource = { readonly kind: "control" } | { readonly kind: "worker"; readonly id: string };

export const FROM_CONTROL: MessageSource = { kind: "control" };

export interface UserMessageOutlets {
  log(line: MessageOf<"log">, source: MessageSource): void;
  customToWorkers(message: MessageOf<"custom">): void;
  customToControl(message: MessageOf<"custom">, workerId: string): void;
  report(data: unknown, workerId: string): void;
  /** A question to the master, or that nobody waits for its answer any more. */
  ask(message: AskMessage | WithdrawMessage, source: MessageSource): void;
  /** The test is to end. It may not have begun yet. */
  stop(reason: StopReason, source: MessageSource): void;
  listenerFailed(message: MessageOf<"listenerFailed">): void;
  changeUsers(users: number, spawnRate: number): void;
}

type Kind = ControlUserMessage["kind"];
type MessageOf<K extends Kind> = Extract<ControlUserMessage, { kind: K }>;

const HANDLERS: {
  readonly [K in Kind]: (message: MessageOf<K>, source: MessageSource, to: UserMessageOutlets) => void;
} = {
  log: (message, source, to) => to.log(message, source),
  custom: (message, source, to) =>
    source.kind === "control" ? to.customToWorkers(message) : to.customToControl(message, source.id),
  report: ({ data }, source, to) => {
    if (source.kind === "worker") to.report(data, source.id); // the master has no `reportToMaster`
  },
  ask: (message, source, to) => to.ask(message, source),
  withdraw: (message, source, to) => to.ask(message, source),
  stopTest: ({ message, failed }, source, to) =>
    to.stop(failed ? { kind: "failed", problem: message } : { kind: "stopTest", message }, source),
  listenerFailed: (message, _source, to) => to.listenerFailed(message),
  quit: (_message, source, to) => to.stop({ kind: "quit", message: "" }, source),
  start: ({ users, spawnRate }, _source, to) => to.changeUsers(users, spawnRate),
};

export function deliverUserMessage<K extends Kind>(
  message: MessageOf<K>,
  source: MessageSource,
  to: UserMessageOutlets,
): void {
  HANDLERS[message.kind as K](message, source, to);
}
