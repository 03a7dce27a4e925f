/**
 * The states of a `MarkovTaskSet` and how they follow each other: read from the `@transition` marks of its own methods
 * and those of its bases, checked, and made ready for drawing. Pure. States are the methods with transitions, in order
 * of declaration; the first is where a set starts.
 */
import {
  InvalidTransitionError,
  type MarkovError,
  MarkovTaskTagError,
  NoMarkovTasksError,
  NonMarkovTaskTransitionError,
} from "../lifecycle/user_errors.ts";
import { chainOf, ownMethods, type TaskOwner } from "./task_members.ts";
import { readValueMarks, type Transition } from "./task_marks.ts";
import type { RunnableTask } from "./task_receiver.ts";

export interface MarkovState {
  readonly name: string;
  readonly reference: RunnableTask;
  readonly transitions: readonly Transition[];
}

/** Successors of each state as indexes of states, with running sums of their weights. */
export interface MarkovChain {
  readonly successors: readonly { readonly states: readonly number[]; readonly sums: readonly number[] }[];
}

export interface MarkovReading {
  readonly states: readonly MarkovState[];
  readonly chain: MarkovChain;
  readonly problems: readonly MarkovError[];
  readonly warnings: readonly string[];
}

export function readMarkovChain(owner: TaskOwner): MarkovReading {
  const methods = new Map<string, RunnableTask>();
  for (const level of chainOf(owner)) for (const [name, method] of ownMethods(level)) methods.set(name, method);
  const states: MarkovState[] = [];
  const problems: MarkovError[] = [];
  const warnings: string[] = [];
  for (const [name, reference] of methods) {
    const marks = readValueMarks(reference);
    if (marks?.weight !== undefined && marks.transitions.length === 0) {
      warnings.push(`its method "${name}" has @task, which a chain does not run; give it a @transition`);
    }
    if (marks === undefined || marks.transitions.length === 0) continue;
    states.push({ name, reference, transitions: marks.transitions });
    if (name === "run") {
      problems.push(new InvalidTransitionError('"run" cannot be a state, the name is reserved; rename it'));
    }
    if (name === "onStart" || name === "onStop") {
      warnings.push(`"${name}" is a state as well as a hook; rename the state`);
    }
    if (marks.tags.length > 0) {
      problems.push(
        new MarkovTaskTagError(`its state "${name}" has a tag, which a chain does not support; remove @tag`),
      );
    }
  }
  for (const { name, transitions } of states) {
    for (const { to } of transitions.filter(({ weight }) => weight === 0)) {
      warnings.push(`its transition from "${name}" to "${to}" has the weight 0: it is switched off`);
    }
  }
  if (states.length === 0) problems.push(new NoMarkovTasksError("it has no states; give a method @transition(…)"));
  problems.push(...states.flatMap((state) => checkTransitions(state, states, methods)));
  if (problems.length === 0) warnings.push(...findUnreachable(states));
  return { states, chain: createChain(states), problems, warnings };
}

/** The state that follows, drawn by weight; `draw` is in [0, 1). */
export function nextState(chain: MarkovChain, current: number, draw: number): number {
  const successors = chain.successors[current];
  if (successors === undefined) return 0;
  const point = draw * (successors.sums.at(-1) ?? 0);
  const chosen = successors.sums.findIndex((sum) => point < sum);
  return successors.states[Math.max(0, chosen)] ?? 0;
}

function checkTransitions(
  state: MarkovState,
  states: readonly MarkovState[],
  methods: ReadonlyMap<string, RunnableTask>,
): MarkovError[] {
  if (state.transitions.every(({ weight }) => weight === 0)) {
    return [
      new InvalidTransitionError(`every transition from "${state.name}" has the weight 0; give one of them more`),
    ];
  }
  return state.transitions.flatMap(({ to, weight }): MarkovError[] => {
    const edge = `its transition from "${state.name}" to "${to}"`;
    if (!Number.isInteger(weight) || weight < 0) {
      return [new InvalidTransitionError(`${edge} has the weight ${String(weight)}; give a whole number from 0`)];
    }
    if (states.some((target) => target.name === to)) return [];
    return methods.has(to)
      ? [new NonMarkovTaskTransitionError(`${edge} ends there, as "${to}" has no transitions; give it one`)]
      : [new InvalidTransitionError(`${edge} leads nowhere, as there is no such method; correct the name`)];
  });
}

function createChain(states: readonly MarkovState[]): MarkovChain {
  const indexes = new Map(states.map((state, index) => [state.name, index]));
  const successors = states.map((state) => {
    const known = state.transitions.filter(({ to, weight }) => weight > 0 && indexes.has(to));
    let sum = 0;
    return { states: known.map(({ to }) => indexes.get(to) ?? 0), sums: known.map(({ weight }) => sum += weight) };
  });
  return { successors };
}

function findUnreachable(states: readonly MarkovState[]): string[] {
  const byName = new Map(states.map((state) => [state.name, state]));
  const reached = new Set<string>();
  const open = states.slice(0, 1).map((state) => state.name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const { to, weight } of byName.get(name)?.transitions ?? []) if (weight > 0) open.push(to);
  }
  const lost = states.filter((state) => !reached.has(state.name)).map((state) => `"${state.name}"`);
  if (lost.length === 0) return [];
  return [`no path leads from its first state to ${lost.join(", ")}; add a transition or remove what never runs`];
}
