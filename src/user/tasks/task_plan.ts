/**
 * The plan of a user class, made once per run: the tree of its tasks with weights, tags, names and Markov steps. Immutable;
 * tag filters and equal weights make a new plan from it and leave the classes alone, so that the next run may choose otherwise.
 */
import type { TaskDescription } from "../../protocol/locustfile_description.ts";
import { type MarkovChain, readMarkovChain } from "./markov_chain.ts";
import { isTaskSetClass, type SetKind, setKindOf } from "./set_kind.ts";
import {
  chainOf,
  collectMembers,
  ownMethods,
  type TaskMember,
  type TaskOwner,
  type TaskTarget,
} from "./task_members.ts";
import { readValueMarks } from "./task_marks.ts";
import type { RunnableSet, RunnableTask } from "./task_receiver.ts";

export interface TaskEntry {
  readonly name: string;
  /** Class and task, for reports: `Shopper.Browse.list`. */
  readonly where: string;
  /** Number in the locustfile's list of activities; 0 if it has none. */
  readonly activity: number;
  readonly weight: number;
  /** Its own tags and those of the sets around it. */
  readonly tags: readonly string[];
  readonly target: TaskTarget;
  /** The tasks of a set. */
  readonly plan: TaskPlan | undefined;
  /** Under equal weights: the sets whose task this is, outermost first, one of which must be its receiver. */
  readonly within: readonly RunnableSet[];
}

export interface TaskPlan {
  readonly kind: "user" | SetKind;
  /** The class, for messages. */
  readonly owner: string;
  readonly entries: readonly TaskEntry[];
  readonly totalWeight: number;
  /** The entry that a reference stands for. */
  readonly byReference: ReadonlyMap<RunnableTask | RunnableSet, TaskEntry>;
  readonly chain: MarkovChain | undefined;
}

/** Where a plan's names, numbers and findings go. */
export interface PlanContext {
  /** The number of an activity. */
  readonly numberOf: (where: string) => number;
  /** A mistake in a class; reported once even if the class is used in many places. */
  readonly complain: (owner: TaskOwner, problem: string) => void;
  readonly warn: (owner: TaskOwner, warning: string) => void;
  /** Looks at a set as a class of its own. */
  readonly visitSet?: (owner: TaskOwner) => void;
}

/** A context for classes that no locustfile was collected for. */
export const SILENT_CONTEXT: PlanContext = { numberOf: () => 0, complain: () => {}, warn: () => {} };

/** Plans a user class. */
export function planUserClass(userClass: TaskOwner, context: PlanContext): TaskPlan {
  return planOwner(userClass, "user", { where: userClass.name, tags: [], around: [] }, context);
}

/** Plans a task set class by itself. */
export function planTaskSet(setClass: RunnableSet, context: PlanContext): TaskPlan {
  const place = { where: setClass.name, tags: readValueMarks(setClass)?.tags ?? [], around: [] };
  return planOwner(setClass, setKindOf(setClass) ?? "set", place, context);
}

/** A plan over other entries. */
export function withEntries(plan: TaskPlan, entries: readonly TaskEntry[]): TaskPlan {
  return createPlan(plan.kind, plan.owner, entries, plan.chain);
}

/** The same tasks, one after the other, each as often as its weight says. */
export function inSequence(plan: TaskPlan): TaskPlan {
  return { ...plan, kind: "sequential" };
}

/** The tree as plain data. */
export function describePlan(plan: TaskPlan): TaskDescription[] {
  return plan.entries.map((entry) => ({
    name: entry.name,
    weight: entry.weight,
    tags: entry.tags,
    kind: entry.target.kind === "set" ? setKindOf(entry.target.reference) ?? "set" : "task",
    tasks: entry.plan === undefined || entry.plan.kind === "markov" ? [] : describePlan(entry.plan),
  }));
}

interface Place {
  readonly where: string;
  readonly tags: readonly string[];
  readonly around: readonly TaskOwner[];
}

function planOwner(owner: TaskOwner, kind: "user" | SetKind, place: Place, context: PlanContext): TaskPlan {
  const complain = (problem: string) => context.complain(owner, problem);
  if (place.around.includes(owner)) {
    complain("it contains itself; end the nesting, or let a task schedule it with scheduleTask()");
    return createPlan(kind, owner.name, [], undefined);
  }
  if (kind !== "user") context.visitSet?.(owner);
  if (kind === "markov") return planMarkov(owner, place, context);
  let complaints = 0;
  const all = collectMembers(owner, isTaskSetClass, (problem) => {
    complaints++;
    complain(problem);
  });
  const members = all.filter((member) => member.weight > 0);
  if (kind === "sequential") warnOfMixedOrder(owner, members, context);
  for (const member of members) {
    if (member.from === "method" && /^on(Start|Stop)$/.test(member.name)) {
      context.warn(owner, `@task makes "${member.name}" a task as well as a hook; remove the decorator`);
    }
  }
  for (const [name, method] of chainOf(owner).flatMap(ownMethods)) {
    if ((readValueMarks(method)?.transitions.length ?? 0) > 0) {
      context.warn(owner, `its method "${name}" has a @transition, which only a MarkovTaskSet follows`);
    }
  }
  const inside = { ...place, around: [...place.around, owner] };
  const entries = members.map((member) => {
    const tags = [...place.tags, ...tagsOfClasses(owner, member.owner)];
    return planMember(member, { ...inside, tags }, context);
  });
  if (entries.length === 0 && complaints === 0) {
    complain(describeEmpty(kind, all.length));
  }
  return createPlan(kind, owner.name, entries, undefined);
}

/** What is said about a class is said about all its tasks: those it inherits, and those that it hands down. */
function tagsOfClasses(owner: TaskOwner, declaredIn: TaskOwner): readonly string[] {
  const chain = chainOf(owner);
  return chain.slice(Math.max(0, chain.indexOf(declaredIn))).flatMap(tagsOf);
}

function tagsOf(level: TaskOwner): readonly string[] {
  return readValueMarks(level)?.tags ?? [];
}

function describeEmpty(kind: TaskPlan["kind"], switchedOff: number): string {
  if (switchedOff > 0) return "all its tasks have the weight 0; give one of them more";
  return kind === "user" ? "it has no tasks; decorate a method with @task" : "it is a task set without tasks; add one";
}

function planMember(member: TaskMember, place: Place, context: PlanContext): TaskEntry {
  const where = `${place.where}.${member.name}`;
  const { name, weight, target } = member;
  const isChain = target.kind === "set" && setKindOf(target.reference) === "markov"; // as a whole, with what it inherits
  const ofBases = isChain ? chainOf(target.reference).flatMap(tagsOf) : [];
  const tags = [...new Set([...place.tags, ...ofBases, ...member.tags])];
  const plan = target.kind === "set"
    ? planOwner(target.reference, setKindOf(target.reference) ?? "set", { where, tags, around: place.around }, context)
    : undefined;
  const activity = target.kind === "set" ? 0 : context.numberOf(where);
  return { name, where, activity, weight, tags, target, plan, within: [] };
}

function planMarkov(owner: TaskOwner, place: Place, context: PlanContext): TaskPlan {
  const { states, chain, problems, warnings } = readMarkovChain(owner);
  for (const problem of problems) context.complain(owner, problem.message);
  for (const warning of warnings) context.warn(owner, warning);
  const entries = states.map(({ name, reference }): TaskEntry => {
    const where = `${place.where}.${name}`;
    const target = { kind: "method", name, reference } as const;
    return {
      name,
      where,
      activity: context.numberOf(where),
      weight: 1,
      tags: place.tags,
      target,
      plan: undefined,
      within: [],
    };
  });
  return createPlan("markov", owner.name, entries, chain);
}

function createPlan(
  kind: TaskPlan["kind"],
  owner: string,
  entries: readonly TaskEntry[],
  chain: MarkovChain | undefined,
): TaskPlan {
  const byReference = new Map<RunnableTask | RunnableSet, TaskEntry>();
  for (const entry of entries) {
    if (!byReference.has(entry.target.reference)) byReference.set(entry.target.reference, entry);
  }
  const totalWeight = entries.reduce((sum, entry) => sum + entry.weight, 0);
  return { kind, owner, entries, totalWeight, byReference, chain };
}

/** JavaScript evaluates fields after methods, whatever their order in the file. */
function warnOfMixedOrder(owner: TaskOwner, members: readonly TaskMember[], context: PlanContext): void {
  const isMixed =
    members.some(({ from, target }) => from === "field" || (from === "list" && target.kind !== "method")) &&
    members.some((member) => member.from === "method");
  if (!isMixed) return;
  const order = members.map((member) => member.name).join(", ");
  context.warn(
    owner,
    `it runs its methods before its nested sets and its listed tasks, whatever their order in the file: ${order}; ` +
      'state the order, as in static tasks = ["login", Browse]',
  );
}
