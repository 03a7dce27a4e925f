/**
 * One running set of tasks: a user's own or a task set's. Holds its position (queue, sequence, state of a chain) and picks what
 * comes next. A new frame each time a set is entered; frames form the stack of a user's nested sets.
 */
import { LocustError } from "../../base/errors.ts";
import { nextState } from "./markov_chain.ts";
import { isTaskSetClass } from "./set_kind.ts";
import { planTaskSet, SILENT_CONTEXT, type TaskEntry, type TaskPlan } from "./task_plan.ts";
import type { LoopState, RunningFrame } from "./loop_state.ts";
import type { RunnableReference, RunnableSet, RunnableTask, TaskReceiver } from "./task_receiver.ts";

/** Where a set is whose tasks follow each other. */
interface Place {
  /** Index of the running step of a sequence, or state of a chain; -1 before the first. */
  step: number;
  repeatsLeft: number;
}

export class TaskFrame implements RunningFrame {
  readonly loop: LoopState;
  readonly receiver: TaskReceiver;
  readonly plan: TaskPlan;
  readonly parent: TaskFrame | undefined;
  #queue: RunnableReference[] | undefined; // most sets never schedule
  #place: Place | undefined;

  constructor(loop: LoopState, receiver: TaskReceiver, plan: TaskPlan, parent: TaskFrame | undefined) {
    this.loop = loop;
    this.receiver = receiver;
    this.plan = plan;
    this.parent = parent;
  }

  /** The name, for error reports, of what chooses the next task. Not a field: there are as many frames as users. */
  get choice(): string {
    const { className } = this.loop.lifecycle;
    return this.parent === undefined
      ? `${className}.executeNextTask`
      : `${className}.${this.plan.owner}.executeNextTask`;
  }

  /** Whether the task that was picked last ends an iteration: any, or in a sequence the last one. */
  get isIterationOver(): boolean {
    if (this.#queue !== undefined && this.#queue.length > 0) return false;
    if (this.receiver.executeNextTask !== undefined) return true; // the order is its own
    if (this.plan.kind !== "sequential") return true;
    return this.#place?.repeatsLeft === 0 && this.#place.step === this.plan.entries.length - 1;
  }

  /** Puts a task before what would be picked: in front of, or behind, others that were put there. */
  schedule(task: RunnableReference, place: "first" | "last"): void {
    const queue = this.#queue ??= [];
    if (place === "first") queue.unshift(task);
    else queue.push(task);
  }

  /** The head of the queue, taken out. */
  takeScheduled(): RunnableReference | undefined {
    return this.#queue?.shift();
  }

  /** What the set's kind picks: by weight, the next in sequence, or the next state of the chain. Where there is no choice it draws no number. */
  pick(): TaskEntry {
    const { entries, kind, owner } = this.plan;
    const first = entries[0];
    if (first === undefined) {
      throw new LocustError(`Cannot run a task of "${owner}": it has none left; add a task or change --tags`);
    }
    if (kind === "sequential") return this.#pickInSequence();
    if (kind === "markov") return this.#pickState();
    if (entries.length === 1) return first;
    let point = this.receiver.random.float() * this.plan.totalWeight;
    for (const entry of entries) {
      point -= entry.weight;
      if (point < 0) return entry;
    }
    return first;
  }

  /** What is known of a task: of the plan, or made up for one that was scheduled from outside it. */
  entryFor(reference: RunnableReference): TaskEntry {
    const method: unknown = typeof reference === "string" ? Reflect.get(this.receiver, reference) : reference;
    if (typeof method !== "function") {
      throw new LocustError(
        `Cannot run the task "${String(reference)}" of "${this.plan.owner}": there is no such method`,
      );
    }
    const known = this.plan.byReference.get(method as RunnableTask | RunnableSet);
    return known ?? createEntry(this.plan.owner, method as RunnableTask | RunnableSet);
  }

  #pickInSequence(): TaskEntry {
    const place = this.#place ??= { step: -1, repeatsLeft: 0 };
    if (place.repeatsLeft === 0) {
      place.step = (place.step + 1) % this.plan.entries.length;
      place.repeatsLeft = this.plan.entries[place.step]?.weight ?? 1;
    }
    place.repeatsLeft--;
    return this.plan.entries[place.step] as TaskEntry;
  }

  #pickState(): TaskEntry {
    const { chain, entries } = this.plan;
    const place = this.#place ??= { step: -1, repeatsLeft: 0 };
    place.step = place.step < 0 || chain === undefined ? 0 : nextState(chain, place.step, this.receiver.random.float());
    return entries[place.step] as TaskEntry;
  }
}

function createEntry(owner: string, reference: RunnableTask | RunnableSet): TaskEntry {
  const isSet = isTaskSetClass(reference);
  const name = reference.name.replace(/^bound /, "") || "anonymous";
  return {
    name,
    where: `${owner}.${name}`,
    activity: 0,
    weight: 1,
    tags: [],
    target: isSet ? { kind: "set", reference } : { kind: "function", reference: reference as RunnableTask },
    plan: isSet ? planTaskSet(reference, SILENT_CONTEXT) : undefined,
    within: [],
  };
}
