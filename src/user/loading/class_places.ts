/**
 * The file of each class of a locustfile, for errors that come without a place: an engine may report an exception in a
 * class field with no frame of the locustfile at all. Then the field, or at least the class, is looked up in the text
 * of its file.
 */
import { ownFrames } from "../../base/own_frames.ts";
import { chainOf, type TaskOwner } from "../tasks/task_members.ts";
import { isInert, readClassSource } from "./class_source.ts";
import { findMember } from "./source_place.ts";

export interface ClassPlace {
  readonly file: string;
  /** The text of the file. */
  readonly source: string;
}

const places = new WeakMap<TaskOwner, ClassPlace>();

/** Notes the file that a class, with its bases, is looked for in. */
export function noteClassPlace(owner: TaskOwner, place: ClassPlace): void {
  places.set(owner, place);
}

/** Adds file and line to the stack of an exception that a class's constructor threw, if it names no place of the locustfile. */
export function placeFieldError(thrown: unknown, owner: TaskOwner): void {
  const place = places.get(owner);
  if (place === undefined || !(thrown instanceof Error) || ownFrames(thrown).length > 0) return;
  const level = levelOf(owner, thrown.stack ?? "");
  const field = fieldOf(level, thrown);
  const line = findMember(place.source, level.name, field);
  if (line === undefined) return;
  const where = field === undefined ? `new ${level.name}` : `${level.name}.${field}`;
  try {
    thrown.message = thrown.message.replace(MISPLACED_EXCERPT, "");
    thrown.stack = `${thrown.stack ?? ""}\n    at ${where} (${place.file}:${line}:1)`;
  } catch {
    // A frozen error keeps its stack; it is counted without a place.
  }
}

/** The class whose fields were being made: the engine names it, and no file, where the class has no constructor of its own. */
function levelOf(owner: TaskOwner, stack: string): TaskOwner {
  const name = /^\s*at new (\S+) \(unknown/m.exec(stack)?.[1];
  return chainOf(owner).find((level) => level.name === name) ?? owner;
}

/** JavaScriptCore quotes its own code for a constructor that the class does not have, in place of the field. */
const MISPLACED_EXCERPT = / \(evaluating 'super\(\.\.\.args\)'\)$/;

/** `token is not defined`, `Cannot access 'token' before initialization.` */
const BAD_VARIABLE =
  /^(?:Can't find variable: )?(?:Cannot access )?'?([\p{L}$_][\p{L}\p{N}$_]*)'?(?: is not defined| before initialization|$)/u;

/** The one field whose initializer can have thrown; undefined if there are several. */
function fieldOf(level: TaskOwner, thrown: Error): string | undefined {
  const fields = readClassSource(Function.prototype.toString.call(level))?.fields ?? [];
  const filled = fields.filter(({ initializer }) => initializer !== "");
  const variable = thrown.name === "ReferenceError" ? BAD_VARIABLE.exec(thrown.message)?.[1] : undefined;
  const able = variable === undefined
    ? filled.filter(({ initializer }) => mayThrow(initializer))
    : filled.filter(({ initializer }) => initializer.split(/[^\p{L}\p{N}$_]+/u).includes(variable));
  return able.length === 1 ? able[0]?.name : undefined;
}

/** Calls may throw, and so may reading a member of something that is undefined. */
function mayThrow(initializer: string): boolean {
  return !isInert(initializer) || /[\w$)\]]\s*(?:\.\s*[A-Za-z_$#]|\[)/.test(initializer);
}
