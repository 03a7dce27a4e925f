/**
 * The notes of decorators and their plain forms about a function or class: weight, tags, transitions. Kept beside the
 * marked things, not on them, so that nothing of ours shows in user code. A static field is marked by its class and
 * name, because its decorator never sees the value and one set may serve two classes.
 */

/** A Markov edge as it was declared. */
export interface Transition {
  readonly to: string;
  readonly weight: number;
}

export interface TaskMarks {
  weight: number | undefined;
  readonly tags: string[];
  readonly transitions: Transition[];
}

/** A decorator used where it cannot work. Reported with all other problems when the locustfile is collected. */
export interface DecoratorMisuse {
  readonly problem: string;
  readonly stack: string;
}

const byValue = new WeakMap<object, TaskMarks>();
const byField = new WeakMap<object, Map<string, TaskMarks>>();
const misuses: DecoratorMisuse[] = [];

/** The marks of a function or class, made if it has none. */
export function marksOf(value: object): TaskMarks {
  return makeEntry(byValue, value);
}

/** The marks of the static field `name` of `owner`, made if it has none. */
export function fieldMarksOf(owner: object, name: string): TaskMarks {
  let fields = byField.get(owner);
  if (fields === undefined) byField.set(owner, fields = new Map());
  let marks = fields.get(name);
  if (marks === undefined) fields.set(name, marks = emptyMarks());
  return marks;
}

/** Everything said about a member: by its field, and by its value wherever that came from. */
export function readMarks(owner: object, name: string, value: unknown): TaskMarks | undefined {
  const field = byField.get(owner)?.get(name);
  const own = readValueMarks(value);
  if (field === undefined || own === undefined) return field ?? own;
  return {
    weight: field.weight ?? own.weight,
    tags: [...own.tags, ...field.tags],
    transitions: [...own.transitions, ...field.transitions],
  };
}

/** What was said about a function or class itself. */
export function readValueMarks(value: unknown): TaskMarks | undefined {
  return typeof value === "function" ? byValue.get(value) : undefined;
}

/** Decorators must not throw: the import would end there, and later problems would stay unknown. */
export function reportMisuse(problem: string): void {
  misuses.push({ problem, stack: new Error(problem).stack ?? "" });
}

/** Hands out the misuses found since the last call. */
export function takeMisuses(): DecoratorMisuse[] {
  return misuses.splice(0);
}

function makeEntry(map: WeakMap<object, TaskMarks>, key: object): TaskMarks {
  let marks = map.get(key);
  if (marks === undefined) map.set(key, marks = emptyMarks());
  return marks;
}

function emptyMarks(): TaskMarks {
  return { weight: undefined, tags: [], transitions: [] };
}
