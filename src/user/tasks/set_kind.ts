/**
 * The kind of a task set, by which it picks its next task, as a mark on its class. It lets the code that plans tasks
 * tell the kinds apart without importing the classes, which import that code.
 */
import type { RunnableSet } from "./task_receiver.ts";

export type SetKind = "set" | "sequential" | "markov";

export const SET_KIND: unique symbol = Symbol("set kind");

/** The kind of a task set class; undefined for everything else. */
export function setKindOf(value: unknown): SetKind | undefined {
  if (typeof value !== "function" || !(SET_KIND in value)) return undefined;
  return value[SET_KIND] as SetKind;
}

export function isTaskSetClass(value: unknown): value is RunnableSet {
  return setKindOf(value) !== undefined;
}
