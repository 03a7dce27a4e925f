/**
 * The runner as user code sees it inside a thread, where it represents the worker. Each of its commands becomes a
 * message to the worker; the thread keeps its figures up to date.
 */
import { encodeMessage, MessageListeners } from "../control/custom_messages.ts";
import type { UserMessage } from "../protocol/user_message.ts";
import type { Environment } from "../user/environment.ts";
import type { CustomMessage, RunnerFacade, RunnerState } from "../user/runner_facade.ts";
import { refuseRunnerNames } from "../user/runner_names.ts";
import { EMPTY_STATS } from "../user/stats_view.ts";

export class ThreadRunner implements RunnerFacade {
  readonly role = "worker";
  readonly stats = EMPTY_STATS;
  readonly workers = [];
  readonly workerCount = 0;
  readonly clientId: string;
  workerIndex: number;
  readonly threadIndex: number;
  readonly threads: number;
  readonly listeners = new MessageListeners();
  environment: Environment | undefined;
  state: RunnerState = "ready";
  targetUserCount = 0;
  readonly #countUsers: () => number;
  readonly #say: (message: UserMessage) => void;

  constructor(
    options: {
      readonly clientId: string;
      readonly workerIndex: number;
      readonly threadIndex: number;
      readonly threads: number;
      readonly countUsers: () => number;
      readonly say: (message: UserMessage) => void;
    },
  ) {
    this.clientId = options.clientId;
    this.workerIndex = options.workerIndex;
    this.threadIndex = options.threadIndex;
    this.threads = options.threads;
    this.#countUsers = options.countUsers;
    this.#say = options.say;
  }

  get userCount(): number {
    return this.#countUsers();
  }

  sendMessage(type: string, data?: unknown): void {
    this.#say({ kind: "custom", ...encodeMessage(type, data) });
  }

  registerMessage(type: string, listener: (message: CustomMessage) => unknown): void {
    this.listeners.add(type, listener);
  }

  quit(): void {
    this.#say({ kind: "stopTest", message: "runner.quit() was called", failed: false });
  }

  stop(): void {
    this.#say({ kind: "stopTest", message: "runner.stop() was called", failed: false });
  }
}

refuseRunnerNames(ThreadRunner.prototype);
