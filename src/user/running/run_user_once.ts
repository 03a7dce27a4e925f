/**
 * One user whose tasks run one time each, in the order of their declaration: for `--once`. Sets are entered and left
 * once, states of a chain are visited once each. There is no wait between tasks; whatever would change the order in a
 * run is reported instead.
 */
import { classifyThrown } from "../tasks/task_outcome.ts";
import { findControlFlow, StopTest } from "../../http/session/control_flow.ts";
import { planOf } from "../tasks/class_plans.ts";
import { bindFrame } from "../tasks/frame_of.ts";
import { TaskFrame } from "../tasks/task_frame.ts";
import { executeTask } from "../tasks/task_loop.ts";
import { planTaskSet, SILENT_CONTEXT, type TaskEntry } from "../tasks/task_plan.ts";
import { judgeConstructor } from "../tasks/wait_rule.ts";
import { TaskSet } from "../tasks/task_set.ts";
import type { Environment } from "../environment.ts";
import { LOOP, type LoopState } from "../tasks/loop_state.ts";
import type { RunnableSet, TaskReceiver } from "../tasks/task_receiver.ts";
import { User } from "../user.ts";
import type { UserClass } from "../user_class.ts";
import { createUser } from "../lifecycle/create_user.ts";
import { UserLifecycle } from "../lifecycle/user_lifecycle.ts";
import type { RunContext } from "../lifecycle/run_context.ts";

/** Hears what happens beside the requests, which the run context's recorder, events and tap see. */
export interface OnceObserver {
  stepStarted(where: string, step: "task" | "hook"): void;
  threw(where: string, thrown: unknown): void;
  note(where: string, text: string): void;
}

export interface UserOnceOptions {
  readonly runContext: RunContext<Environment>;
  readonly userClass: UserClass;
  readonly index: number;
  readonly observer: OnceObserver;
}

/** Rejects with the `StopTest` that ended it, and with nothing else. */
export async function runUserOnce(options: UserOnceOptions): Promise<void> {
  const run = new UserPass(options);
  try {
    await run.live();
  } finally {
    run.end();
  }
}

type ConcreteSet = new (parent: TaskReceiver) => TaskReceiver;

class UserPass {
  readonly #options: UserOnceOptions;
  #loop: LoopState | undefined;
  readonly #lifecycle: UserLifecycle;

  constructor(options: UserOnceOptions) {
    this.#options = options;
    const { runContext, index, observer } = options;
    const lifecycle = this.#lifecycle = new UserLifecycle(runContext, index);
    lifecycle.owner = {
      stopItself: () =>
        observer.note(this.#where, "the user stopped itself here; the tasks that are left run all the same"),
      goOn: () => {}, // there is no wait between tasks
      unresponsive: () => {},
      quiet: () => {},
      hooksOverdue: () => {},
    };
  }

  get #where(): string {
    return this.#loop?.where ?? this.#options.userClass.name;
  }

  end(): void {
    this.#lifecycle.end();
  }

  async live(): Promise<void> {
    const { userClass, observer, runContext } = this.#options;
    let user: User;
    try {
      user = createUser(userClass, runContext.environment, this.#lifecycle);
    } catch (thrown) {
      return this.#settle(`${userClass.name}.constructor`, judgeConstructor(thrown, userClass));
    }
    const loop = this.#loop = user[LOOP];
    const frame = loop.frame = new TaskFrame(loop, user, planOf(userClass), undefined);
    const started = await this.#hook(`${userClass.name}.onStart`, user, "onStart");
    if (started === "threw") return observer.note(userClass.name, "a user whose onStart fails runs no tasks");
    await this.#tasks(frame);
    for (const set of [...loop.flattened?.values() ?? []].toReversed()) {
      await this.#hook(`${userClass.name}.${set.constructor.name}.onStop`, set, "onStop");
    }
    await this.#hook(`${userClass.name}.onStop`, user, "onStop");
  }

  async #tasks(frame: TaskFrame): Promise<void> {
    for (const entry of frame.plan.entries) {
      if (entry.target.kind === "set" && entry.within.length === 0) {
        await this.#set(frame, entry, entry.target.reference);
      } else await this.#task(frame, entry);
    }
  }

  async #task(frame: TaskFrame, entry: TaskEntry): Promise<void> {
    this.#options.observer.stepStarted(entry.where, "task");
    try {
      await executeTask(frame, entry.target.reference);
      this.#loop?.warnOfForgottenTransactions();
    } catch (thrown) {
      this.#settle(entry.where, thrown);
    }
  }

  async #set(parent: TaskFrame, entry: TaskEntry, setClass: RunnableSet): Promise<void> {
    let set: TaskReceiver;
    try {
      set = new (setClass as unknown as ConcreteSet)(parent.receiver);
    } catch (thrown) {
      return this.#settle(`${entry.where}.constructor`, judgeConstructor(thrown, setClass));
    }
    const frame = new TaskFrame(parent.loop, set, entry.plan ?? planTaskSet(setClass, SILENT_CONTEXT), parent);
    bindFrame(set, frame);
    parent.loop.frame = frame;
    if (await this.#hook(`${entry.where}.onStart`, set, "onStart") === "ran") await this.#tasks(frame);
    await this.#hook(`${entry.where}.onStop`, set, "onStop");
    parent.loop.frame = parent;
  }

  /** Hooks that the class does not override get no line. */
  async #hook(where: string, owner: TaskReceiver, name: "onStart" | "onStop"): Promise<"ran" | "threw"> {
    const { observer } = this.#options;
    if (owner[name] !== User.prototype[name] && owner[name] !== TaskSet.prototype[name]) {
      observer.stepStarted(where, "hook");
    }
    if (this.#loop !== undefined) this.#loop.where = where;
    try {
      await owner[name]();
      return "ran";
    } catch (thrown) {
      this.#settle(where, thrown);
      return "threw";
    }
  }

  /** @throws StopTest */
  #settle(where: string, caught: unknown): void {
    const { observer } = this.#options;
    const thrown = findControlFlow(caught) ?? caught;
    if (thrown instanceof StopTest) throw thrown;
    switch (classifyThrown(thrown)) {
      case "stop":
        return observer.note(where, "StopUser: a user would end here; the tasks that are left run all the same");
      case "interruptReschedule":
      case "interruptWait":
        return observer.note(
          where,
          "interrupt(): a user would leave this set here; the tasks that are left run all the same",
        );
      case "reschedule":
      case "rescheduleImmediately":
      case "returned":
        return;
      case "error":
        return observer.threw(where, thrown);
    }
  }
}
