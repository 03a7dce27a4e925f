/**
 * Tasks that one user of the whole cluster runs, while the others wait for its value. If the thread that runs one is
 * gone, or its user had to stop, the next that waits runs it; if it threw, that is the outcome for all.
 */
import type { OnceAnswer } from "../../protocol/question_message.ts";
import type { OnceOutcome, SharedState } from "./shared_state.ts";

/** Tasks of one run. */
const MAX_NAMES = 10_000;

interface Waiting {
  readonly thread: string;
  readonly answer: (answer: OnceAnswer) => void;
}

interface Task {
  /** The thread that runs it. */
  runner: string | undefined;
  outcome: OnceOutcome | undefined;
  isChanged: boolean;
  readonly waiting: Waiting[];
}

export class OnceTasks {
  readonly #tasks = new Map<string, Task>();

  static restore(tasks: SharedState["tasks"]): OnceTasks {
    const restored = new OnceTasks();
    for (const [name, { runner, outcome }] of Object.entries(tasks)) {
      restored.#tasks.set(name, { runner: runner ?? undefined, outcome, isChanged: false, waiting: [] });
    }
    return restored;
  }

  /** For the journal: the tasks that have changed since the last call. */
  takeChanges(): SharedState["tasks"] {
    const changed = [...this.#tasks].filter(([, task]) => task.isChanged).map(([name, task]) => {
      task.isChanged = false;
      const { runner = null, outcome } = task;
      return [name, { runner, ...(outcome === undefined ? {} : { outcome }) }] as const;
    });
    return Object.fromEntries(changed);
  }

  /** `answer` is called once: now, or when the task has ended. Returns what ends the wait, or a sentence. */
  ask(name: string, thread: string, answer: (answer: OnceAnswer) => void): (() => void) | string {
    let task = this.#tasks.get(name);
    if (task === undefined) {
      if (this.#tasks.size >= MAX_NAMES) return `a run can have ${MAX_NAMES} of them; give them fewer names`;
      this.#tasks.set(name, task = { runner: undefined, outcome: undefined, isChanged: false, waiting: [] });
    }
    const waiting = { thread, answer };
    task.waiting.push(waiting);
    serve(task);
    return () => {
      const at = task.waiting.indexOf(waiting);
      if (at >= 0) task.waiting.splice(at, 1);
    };
  }

  /** What came of it. The first outcome counts, also of a thread that was thought to be gone. */
  end(name: string, outcome: OnceOutcome): void {
    const task = this.#tasks.get(name);
    if (task === undefined) return;
    task.outcome ??= outcome;
    task.isChanged = true;
    serve(task);
  }

  /** The thread does not run the task any more. */
  leave(name: string, thread: string): void {
    const task = this.#tasks.get(name);
    if (task?.runner !== thread) return;
    task.runner = undefined;
    task.isChanged = true;
    serve(task);
  }

  /** Threads that are gone run nothing any more. */
  dropThreads(isGone: (thread: string) => boolean): void {
    for (const task of this.#tasks.values()) {
      if (task.runner === undefined || !isGone(task.runner)) continue;
      task.runner = undefined;
      task.isChanged = true;
      serve(task);
    }
  }
}

function serve(task: Task): void {
  if (task.outcome !== undefined) {
    for (const { answer } of task.waiting.splice(0)) answer(task.outcome);
    return;
  }
  if (task.runner !== undefined) return;
  const next = task.waiting.shift();
  if (next === undefined) return;
  task.runner = next.thread;
  task.isChanged = true;
  next.answer({ state: "run" });
}
