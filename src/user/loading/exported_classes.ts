/**
 * Collects the classes that locustfiles export: those that extend a given base and are not abstract themselves. A class
 * exported twice, or re-exported by another file, is one class; two classes of one name are a problem, because runs
 * know classes by name. Pure.
 */
import { findObjectName } from "../../base/object_names.ts";
import type { TaskOwner } from "../tasks/task_members.ts";
import { findMember } from "./source_place.ts";

export interface FoundClass {
  readonly file: string;
  readonly value: TaskOwner;
}

interface ExportingModule {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** `readText`: the classes of a file in the order in which its text has them; absent: in that of their names. */
export function collectClasses(
  modules: readonly ExportingModule[],
  base: TaskOwner,
  readText?: (file: string) => string | undefined,
): { readonly found: ReadonlyMap<string, FoundClass>; readonly problems: readonly string[] } {
  const found = new Map<string, FoundClass>();
  const problems: string[] = [];
  for (const { file, exports } of modules) {
    const classes = Object.values(exports).filter((value) => isConcrete(value, base));
    for (const value of inOrderOfText(classes, readText?.(file))) {
      const name = nameClass(value, file);
      const problem = findObjectName(name);
      if (problem !== undefined) problems.push(`Cannot use class "${name}" of ${file}: ${problem}`);
      const other = found.get(name);
      if (other === undefined) found.set(name, { file, value });
      else if (other.value !== value) problems.push(describeTwins(name, other.file, file));
    }
  }
  return { found, problems };
}

/** A namespace has its exports by name. Classes that the text does not declare come last. */
function inOrderOfText(classes: readonly TaskOwner[], text: string | undefined): readonly TaskOwner[] {
  if (text === undefined || classes.length < 2) return classes;
  const line = (value: TaskOwner) => findMember(text, value.name) ?? Number.MAX_SAFE_INTEGER;
  return classes.toSorted((a, b) => line(a) - line(b));
}

/** Own `abstract` only: a subclass of an abstract class is concrete unless it says otherwise. */
function isConcrete(value: unknown, base: TaskOwner): value is TaskOwner {
  if (typeof value !== "function" || !isPrototypeOf(base, value)) return false;
  return !(Object.hasOwn(value, "abstract") && Reflect.get(value, "abstract") === true);
}

function isPrototypeOf(base: object, value: object): boolean {
  return Object.prototype.isPrototypeOf.call(base, value);
}

/** A class without a name (`export default class extends …`) is named after its file: `shop_test.ts` makes `ShopTest`. */
function nameClass(value: TaskOwner, file: string): string {
  if (value.name !== "" && value.name !== "default") return value.name;
  const stem = file.split(/[\\/]/).at(-1)?.replace(/\.[^.]*$/, "") ?? "";
  const words = stem.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("") || "Default";
  Object.defineProperty(value, "name", { value: name, configurable: true });
  return name;
}

function describeTwins(name: string, file: string, other: string): string {
  const where = file === other ? `twice in ${file}` : `in ${file} and in ${other}`;
  return `Cannot use two classes named "${name}": they are ${where}; rename one`;
}
