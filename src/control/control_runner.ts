/**
 * The runner as user code sees it in the control thread, where it represents the master. Shows the state that the
 * master reported last; each call of user code becomes a message to the master.
 */
import { LocustError } from "../base/errors.ts";
import type { ControlUpdate } from "../protocol/control_message.ts";
import type { ControlUserMessage } from "../protocol/user_message.ts";
import type { Environment } from "../user/environment.ts";
import type { CustomMessage, RunnerFacade, RunnerState, WorkerView } from "../user/runner_facade.ts";
import { refuseRunnerNames } from "../user/runner_names.ts";
import { EMPTY_STATS, type StatsView, viewStats } from "../user/stats_view.ts";
import { encodeMessage, MessageListeners } from "./custom_messages.ts";

export class ControlRunner implements RunnerFacade {
  readonly role = "master";
  readonly workerIndex = -1;
  readonly threadIndex = -1;
  readonly threads = 0;
  readonly clientId: string;
  readonly listeners = new MessageListeners();
  environment: Environment | undefined;
  state: RunnerState = "ready";
  userCount = 0;
  targetUserCount = 0;
  workers: readonly WorkerView[] = [];
  stats: StatsView = EMPTY_STATS;
  readonly #say: (message: ControlUserMessage) => void;

  constructor(options: { readonly clientId: string; readonly say: (message: ControlUserMessage) => void }) {
    this.clientId = options.clientId;
    this.#say = options.say;
  }

  get workerCount(): number {
    return this.workers.length;
  }

  /** Takes the state that the master sends about once a second. */
  update({ state, userCount, targetUserCount, workers, snapshot }: ControlUpdate): void {
    this.state = state as RunnerState; // the master's states are these words
    this.userCount = userCount;
    this.targetUserCount = targetUserCount;
    this.workers = workers;
    if (snapshot !== undefined) this.stats = viewStats(snapshot);
  }

  /** To one worker, or to all of them: in each of their threads. */
  sendMessage(type: string, data?: unknown, workerId?: string): void {
    if (workerId !== undefined && typeof workerId !== "string") {
      throw new LocustError(
        `Cannot send message "${type}": ${typeof workerId} is not a worker's id; give the id of a worker`,
      );
    }
    const to = workerId === undefined ? {} : { workerId };
    this.#say({ kind: "custom", ...encodeMessage(type, data), ...to });
  }

  registerMessage(type: string, listener: (message: CustomMessage) => unknown): void {
    this.listeners.add(type, listener);
  }

  quit(): void {
    this.#say({ kind: "quit" });
  }

  stop(): void {
    this.#say({ kind: "stopTest", message: "", failed: false });
  }

  start(userCount: number, spawnRate: number): void {
    if (!Number.isInteger(userCount) || userCount < 0) {
      throw new LocustError(`Cannot start ${userCount} users: it is not a whole number of 0 or more`);
    }
    if (!(spawnRate > 0 && Number.isFinite(spawnRate))) {
      throw new LocustError(`Cannot start users at ${spawnRate} per second: it is not a number above 0`);
    }
    this.#say({ kind: "start", users: userCount, spawnRate });
  }
}

refuseRunnerNames(ControlRunner.prototype);
