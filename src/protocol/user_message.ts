/**
 * Messages that user code causes in a thread, addressed to the test as a whole. Each hop (thread, worker, link, master)
 * passes them on in one envelope, `{ kind: "userMessage", message }`, and reads none of them; only
 * `master/deliver_user_message.ts` acts on them. A new kind is a new member of this union: the compiler then names the
 * parser and the handler that must know it.
 */
import type { AskMessage, WithdrawMessage } from "./question_message.ts";

/**
 * A line of the log. `during`: it was printed while the locustfile was imported, which other threads do as well.
 * `repeats`: of lines that are alike one is logged in a run, whichever thread or worker they come from: a warning, or
 * what the tables count. `about`: what makes lines alike, where that is not their text.
 */
export interface UserLogMessage {
  readonly kind: "log";
  readonly level: string;
  readonly logger: string;
  readonly message: string;
  readonly during?: "load";
  readonly repeats?: "counted";
  readonly about?: string;
}

/**
 * `runner.sendMessage`, its data encoded by `custom_data.ts`. `workerId`: the receiver of a message from the control
 * thread; absent: all workers.
 */
export interface CustomMessageSent {
  readonly kind: "custom";
  readonly type: string;
  readonly data: unknown;
  readonly workerId?: string;
}

/** Messages of every thread that runs user code: those of the workers, and the control thread. */
export type UserMessage =
  | UserLogMessage
  | CustomMessageSent
  /**
   * Added by listeners of `reportToMaster`, encoded like the data of custom messages; the control thread fires
   * `workerReport`.
   */
  | { readonly kind: "report"; readonly data: unknown }
  /** User code ends the whole test: StopTest, `runner.quit()`, `runner.stop()` of a worker. `failed`: it cannot continue. */
  | { readonly kind: "stopTest"; readonly message: string; readonly failed: boolean }
  /** A question to the master, which answers it: see `question_message.ts`. */
  | AskMessage
  | WithdrawMessage
  /** Listeners threw, `times` times since the last such message about this error. The log line is a message of its own. */
  | { readonly kind: "listenerFailed"; readonly event: string; readonly text: string; readonly times: number };

/** Messages of the control thread, whose runner represents the master. */
export type ControlUserMessage =
  | UserMessage
  /** `runner.quit()`: end the test and the process. */
  | { readonly kind: "quit" }
  /** `runner.start(users, rate)`. */
  | { readonly kind: "start"; readonly users: number; readonly spawnRate: number };

/** The envelope. */
export interface Enveloped<Message> {
  readonly kind: "userMessage";
  readonly message: Message;
}
