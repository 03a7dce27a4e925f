/**
 * `@task`, `@tag`, `@transition` and `@transitions`: standard (stage 3) decorators, and the same functions called by hand for
 * JavaScript without decorators: `task(3)(fn)`, `static Browse = task(2)(class extends TaskSet { … })`. A project with
 * `experimentalDecorators` in its tsconfig.json may call them in the older manner, in types and at run time.
 * They only take notes in `task_marks.ts`; what the notes mean is decided where a class's tasks are collected.
 */
import { fieldMarksOf, marksOf, reportMisuse, type TaskMarks } from "./task_marks.ts";

/** A function or class, whatever its parameters. */
export type Markable = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

/** The contexts in which a mark makes sense: a method, a static field that holds a task set, a task set class. */
export type MarkContext = ClassMethodDecoratorContext | ClassFieldDecoratorContext | ClassDecoratorContext;

/** What a marking decorator is: it returns nothing for methods and classes, an initializer for fields. */
export interface MarkDecorator {
  <T extends Markable>(value: T, context: ClassMethodDecoratorContext | ClassDecoratorContext): void;
  (value: undefined, context: ClassFieldDecoratorContext): <This, T>(this: This, initial: T) => T;
  /** A method or static field in a project with `experimentalDecorators`. */
  (target: object, name: string | symbol, descriptor?: PropertyDescriptor): void;
  /** The plain form, and the older decorator of a class: marks the value and returns it. */
  <T extends Markable>(value: T): T;
}

/**
 * Makes a task of a method, or of a nested task set in a static field. `@task(3)` is chosen three times as often as `@task`;
 * in a sequential set it runs three times in a row. A weight of 0 leaves the task out. `@task()` is `@task`.
 *
 * @example
 * ```ts
 * class Shopper extends HttpUser {
 *   @task(3)
 *   async browse() {
 *     await this.client.get("/items");
 *   }
 *
 *   @task
 *   async order() {
 *     await this.client.post("/orders", { json: { item: 7 } });
 *   }
 * }
 * ```
 * Without decorators: `static tasks = [["browse", 3], "order"]`, or `task(3)(fn)`.
 */
export function task(weight?: number): MarkDecorator;
export function task<T extends Markable>(value: T, context: ClassMethodDecoratorContext | ClassDecoratorContext): void;
export function task(
  value: undefined,
  context: ClassFieldDecoratorContext,
): <This, T>(this: This, initial: T) => T;
export function task(target: object, name: string | symbol, descriptor?: PropertyDescriptor): void;
export function task<T extends Markable>(value: T): T;
export function task(...call: readonly [first?: number | object, ...rest: readonly unknown[]]): unknown {
  if (call.length === 0) return task(1); // `@task()`; a weight that is undefined is a mistake
  const [first, ...rest] = call;
  if (typeof first === "number") return createMarker("@task", (marks) => marks.weight = first, first);
  const isUsed = typeof first === "function" || rest[0] !== undefined;
  if (!isUsed) return createMarker("@task", () => {}, first as never); // reported where it is used: it is not a weight
  const mark = createMarker("@task", (marks) => marks.weight = 1, 1) as (...args: readonly unknown[]) => unknown;
  return mark(first, ...rest);
}

/**
 * Tags a task, or all tasks of a task set or a user class, for `--tags` and `--exclude-tags`. Stacked tags add up; the order of `@tag` and
 * `@task` does not matter.
 *
 * @example
 * ```ts
 * class Shopper extends HttpUser {
 *   @tag("slow", "report")
 *   @task
 *   async report() {
 *     await this.client.get("/reports/daily");
 *   }
 * }
 * ```
 */
export function tag(...names: readonly string[]): MarkDecorator {
  if (names.length === 0 || names.some((name) => typeof name !== "string" || name === "")) {
    reportMisuse('Cannot tag a task: @tag was given no name; write @tag("name")');
    return createMarker("@tag", () => {}, 1);
  }
  return createMarker("@tag", (marks) => marks.tags.push(...names), 1);
}

/**
 * A step of a `MarkovTaskSet`: after this task `next` may follow, with a chance of `weight` among all of its transitions.
 *
 * @example
 * ```ts
 * class Visit extends MarkovTaskSet {
 *   @transition("look")
 *   async enter() {}
 *
 *   @transition("look", 3)
 *   @transition("enter")
 *   async look() {}
 * }
 * ```
 */
export function transition(next: string, weight = 1): MarkDecorator {
  return createMarker("@transition", (marks) => marks.transitions.push({ to: next, weight }), 1);
}

/** Several steps at once: `{ look: 3, enter: 1 }`, or a list of names and `[name, weight]` pairs. */
export function transitions(
  steps: Readonly<Record<string, number>> | readonly (string | readonly [name: string, weight: number])[],
): MarkDecorator {
  const edges = Array.isArray(steps) ? steps : Object.entries(steps);
  return createMarker("@transitions", (marks) => {
    for (const edge of edges) {
      marks.transitions.push(typeof edge === "string" ? { to: edge, weight: 1 } : { to: edge[0], weight: edge[1] });
    }
  }, 1);
}

function createMarker(decorator: string, note: (marks: TaskMarks) => unknown, weight: number): MarkDecorator {
  const mark = (
    value: Markable | undefined,
    context?: MarkContext | string | symbol,
    descriptor?: PropertyDescriptor,
  ): unknown => {
    if (typeof context === "string" || typeof context === "symbol") {
      return markMember(mark, value, String(context), descriptor);
    }
    if (!Number.isInteger(weight) || weight < 0) {
      reportMisuse(
        `Cannot give ${nameOf(value, context)} the weight ${
          shown(weight)
        }: it is not a whole number from 0; use @task(1) or more`,
      );
      return context === undefined ? value : undefined;
    }
    const unusable = context === undefined ? undefined : whyUnusable(context);
    if (unusable !== undefined) {
      reportMisuse(`Cannot use ${decorator} on ${nameOf(value, context)}: ${unusable}`);
      return undefined;
    }
    if (context?.kind === "field") return markField(decorator, note, context);
    if (typeof value !== "function") {
      reportMisuse(
        `Cannot use ${decorator} on ${nameOf(value, context)}: it is neither a method nor a task set; ` +
          `write a method, or a static field that holds a class`,
      );
      return value;
    }
    note(marksOf(value));
    return context === undefined ? value : undefined;
  };
  return mark as MarkDecorator;
}

/** The older manner: a decorator gets the class (or its prototype) and the name of the member, and of a method the descriptor. */
function markMember(
  mark: (value: Markable | undefined, context: MarkContext) => unknown,
  target: unknown,
  name: string,
  descriptor: PropertyDescriptor | undefined,
): void {
  const isStatic = typeof target === "function";
  if (descriptor !== undefined) {
    mark(descriptor.value, { kind: "method", name, static: isStatic } as ClassMethodDecoratorContext);
    return;
  }
  const initialize = mark(undefined, { kind: "field", name, static: isStatic } as ClassFieldDecoratorContext);
  if (typeof initialize === "function") initialize.call(target, undefined);
}

/** What the types forbid and JavaScript does not. */
function whyUnusable(context: DecoratorContext): string | undefined {
  if (context.kind !== "class" && context.private) {
    return 'a private member cannot be called from outside; write it without "#"';
  }
  if (context.kind === "getter" || context.kind === "setter" || context.kind === "accessor") {
    return `it is a ${context.kind}; write a method`;
  }
  return undefined;
}

/** The decorator of a field sees no value; its initializer does, with the class as `this`. */
function markField(
  decorator: string,
  note: (marks: TaskMarks) => unknown,
  context: ClassFieldDecoratorContext,
): unknown {
  const name = String(context.name);
  if (!context.static) {
    reportMisuse(
      `Cannot use ${decorator} on the field "${name}": fields are created for each user; ` +
        `write a method, or make it static if it holds a task set`,
    );
    return undefined;
  }
  return function (this: object, initial: unknown): unknown {
    note(fieldMarksOf(this, name));
    return initial;
  };
}

function nameOf(value: Markable | undefined, context: MarkContext | undefined): string {
  const name = context?.name ?? value?.name;
  return name === undefined || name === "" ? "a value without a name" : `"${String(name)}"`;
}

function shown(weight: unknown): string {
  return typeof weight === "string" ? JSON.stringify(weight) : String(weight);
}
