/**
 * The tasks that a user or task set class has: its own `tasks` list, its decorated methods and its decorated static fields, after
 * those of its bases. Pure; mistakes are collected, never thrown.
 *
 * Where Locust adds an overriding method beside the overridden one, here it replaces it, in its place: calling a method by its
 * name is what overriding means. A name in `tasks` likewise moves the task that its class or a base has under that name.
 */
import { readMarks, readValueMarks, type TaskMarks, type Transition } from "./task_marks.ts";
import type { RunnableSet, RunnableTask } from "./task_receiver.ts";

/** Any class whose tasks can be collected. */
export type TaskOwner = abstract new (...args: never[]) => object;

/** What runs: a method by name (so that overriding works), a function, or a set. */
export type TaskTarget =
  | { readonly kind: "method"; readonly name: string; readonly reference: RunnableTask }
  | { readonly kind: "function"; readonly reference: RunnableTask }
  | { readonly kind: "set"; readonly reference: RunnableSet };

export interface TaskMember {
  readonly name: string;
  readonly weight: number;
  readonly tags: readonly string[];
  readonly target: TaskTarget;
  /** The class it was declared in, for override and order. */
  readonly owner: TaskOwner;
  readonly from: "list" | "method" | "field";
}

/** Collects mistakes, each a clause that follows the class's name. */
export type Complain = (problem: string) => void;

/** Members in the order of declaration; weight-0 tasks are left out. */
export function collectMembers(owner: TaskOwner, isSet: (value: unknown) => value is RunnableSet, complain: Complain) {
  let members: TaskMember[] = [];
  for (const level of chainOf(owner)) {
    const own = ownMembers(level, owner, isSet, complain);
    for (const member of own) members = mergeMember(members, member, level);
  }
  return members;
}

/** A class and its bases, the outermost base first. */
export function chainOf(owner: TaskOwner): TaskOwner[] {
  const chain: TaskOwner[] = [];
  for (let level: unknown = owner; typeof level === "function" && level !== Function.prototype;) {
    chain.unshift(level as TaskOwner);
    level = Object.getPrototypeOf(level);
  }
  return chain;
}

/** The own methods of a class in the order of their declaration, without its constructor. */
export function ownMethods(level: TaskOwner): (readonly [name: string, method: RunnableTask])[] {
  const prototype: unknown = level.prototype;
  if (typeof prototype !== "object" || prototype === null) return [];
  const methods: (readonly [string, RunnableTask])[] = [];
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name !== "constructor" && typeof value === "function") methods.push([name, value]);
  }
  return methods;
}

function ownMembers(
  level: TaskOwner,
  leaf: TaskOwner,
  isSet: (value: unknown) => value is RunnableSet,
  complain: Complain,
): TaskMember[] {
  const decorated: TaskMember[] = [];
  for (const [name, method] of ownMethods(level)) {
    const marks = readValueMarks(method);
    if (marks?.weight === undefined) continue;
    if (name === "run") complain('"run" cannot be a task, the name is reserved; rename the method');
    else decorated.push(methodMember(level, name, method, marks.weight, marks, "method"));
  }
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
    if (name === "tasks" || name === "prototype") continue;
    const marks = readMarks(level, name, value);
    if (marks?.weight === undefined) continue;
    const { weight, tags } = marks;
    if (isSet(value)) {
      nameAfterField(value, name);
      const target = { kind: "set", reference: value } as const;
      decorated.push({ name: value.name || name, weight, tags, target, owner: level, from: "field" });
    } else if (typeof value === "function") {
      const target = { kind: "function", reference: value } as const;
      decorated.push({ name, weight, tags, target, owner: level, from: "field" });
    } else {complain(
        `its field "${name}" is decorated as a task but holds no task set; assign a class that extends TaskSet`,
      );}
  }
  const listed = Object.hasOwn(level, "tasks") ? listedMembers(level, leaf, isSet, complain) : [];
  const named = new Set(listed.map(keyOf));
  const rest = decorated.filter((member) => !named.has(keyOf(member)));
  const statesOrder = listed.some((member) => member.target.kind === "method");
  return statesOrder ? [...listed, ...rest] : [...rest, ...listed];
}

/** A class written in place is named after its field; Bun does not do so where the field has a decorator. */
function nameAfterField(value: RunnableSet, name: string): void {
  const named = value as { readonly name?: string };
  if (named.name === "") Object.defineProperty(value, "name", { value: name, configurable: true });
}

function listedMembers(
  level: TaskOwner,
  leaf: TaskOwner,
  isSet: (value: unknown) => value is RunnableSet,
  complain: Complain,
): TaskMember[] {
  const list: unknown = "tasks" in level ? level.tasks : [];
  if (!Array.isArray(list) && !(list instanceof Map)) {
    complain(`its tasks are ${describe(list)}; write a list, or weights as a Map: new Map([[browse, 3], [Forum, 1]])`);
    return [];
  }
  const members: TaskMember[] = [];
  for (const item of list instanceof Map ? list.entries() : list) {
    const isPair = Array.isArray(item);
    if (isPair && item.length !== 2) complain(`its tasks hold ${describe(item)}; write [task, weight]`);
    else addListed(isPair ? item[0] : item, isPair ? item[1] : undefined);
  }
  return members;

  function addListed(reference: unknown, weight: unknown): void {
    const marks = readValueMarks(reference);
    const method = typeof reference === "string" ? methodNamed(leaf, reference) : undefined;
    if (typeof reference === "string" && method === undefined) {
      return complain(
        `its tasks have the name "${reference}", but it has no such method; correct the name or add the method`,
      );
    }
    if (typeof reference !== "string" && typeof reference !== "function") {
      return complain(
        `its tasks hold ${describe(reference)}; each must be a function, a task set or the name of a method`,
      );
    }
    const chosen = weight ?? (method === undefined ? marks?.weight : readValueMarks(method)?.weight) ?? 1;
    if (typeof chosen !== "number" || !Number.isInteger(chosen) || chosen < 0) {
      const name = typeof reference === "string" ? reference : reference.name;
      return complain(`its task "${name}" has the weight ${describe(chosen)}; give a whole number from 0`);
    }
    if (typeof reference === "string" && method !== undefined) {
      members.push(methodMember(level, reference, method, chosen, readValueMarks(method), "list"));
    } else if (isSet(reference)) {
      const target = { kind: "set", reference } as const;
      members.push({
        name: reference.name,
        weight: chosen,
        tags: marks?.tags ?? [],
        target,
        owner: level,
        from: "list",
      });
    } else if (typeof reference === "function") members.push(functionMember(level, reference, chosen, marks));
  }
}

function functionMember(owner: TaskOwner, reference: object, weight: number, marks: TaskMarks | undefined): TaskMember {
  const target = { kind: "function", reference: reference as RunnableTask } as const;
  const name = target.reference.name || "anonymous";
  return { name, weight, tags: marks?.tags ?? [], target, owner, from: "list" };
}

function methodMember(
  owner: TaskOwner,
  name: string,
  reference: RunnableTask,
  weight: number,
  marks: { readonly tags: readonly string[]; readonly transitions: readonly Transition[] } | undefined,
  from: "list" | "method",
): TaskMember {
  return { name, weight, tags: marks?.tags ?? [], target: { kind: "method", name, reference }, owner, from };
}

/** Adds a member; one that an earlier class has under the same name gives way, and lends its place. */
function mergeMember(members: readonly TaskMember[], added: TaskMember, level: TaskOwner): TaskMember[] {
  const isInherited = (member: TaskMember) => member.owner !== level && keyOf(member) === keyOf(added);
  const place = members.findIndex(isInherited);
  if (place < 0) return [...members, added];
  const rest = members.filter((member) => !isInherited(member));
  return added.from === "list" ? [...rest, added] : rest.toSpliced(Math.min(place, rest.length), 0, added);
}

/** Methods are the same if their names are; everything else if it is the same thing. */
function keyOf(member: TaskMember): unknown {
  return member.target.kind === "method" ? member.target.name : member.target.reference;
}

function methodNamed(owner: TaskOwner, name: string): RunnableTask | undefined {
  const prototype: unknown = owner.prototype;
  if (name === "constructor" || typeof prototype !== "object" || prototype === null) return undefined;
  const method: unknown = Reflect.get(prototype, name);
  return typeof method === "function" ? method as RunnableTask : undefined;
}

function describe(value: unknown): string {
  if (typeof value === "string") return `"${value}"`;
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value)
    ? `a list of ${value.length}`
    : `an object (${Object.keys(value).slice(0, 3).map(shorten).join(", ")})`;
}

/** A class that was used as a key is its whole text. */
function shorten(key: string): string {
  return /^(?:class|function)\s+[\w$]+/.exec(key)?.[0] ?? key.slice(0, 40);
}
