/**
 * The lines of a stack trace that are the user's own: no frames of locust-ts, of the runtime or of packages, so that
 * the report shows the place in the locustfile and equal errors of different users group. Pure.
 */
import { OUR_ROOT } from "./own_root.ts";

/** Frames kept of one stack: enough to see the way, few enough that recursion cannot flood a report. */
const MAX_FRAMES = 10;

const OUR_MODULES = OUR_ROOT.pathname;
const OUR_API = new URL("../../mod.ts", import.meta.url).pathname;
/** Where a worker unpacks what its master ships, another folder on each: left out, so that the same place is one place. */
const SHIPPED = /^.*[\\/]locust-ts-[^\\/]+-\d+-\w+[\\/][0-9a-f]{16}[\\/]/;
const FRAME = /^\s*at (?:(async )?(.*?) \()?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/;

/** Deno writes its code for decorators into each file: lines that the file does not have. */
const COMPILER_HELPER = /^(?:memberDec|applyMemberDecs?|applyClassDecs|applyDecs2203R(?:Factory)?|_apply_decs_2203_r)$/;

/** `file:line:column in function` of each own frame, innermost first. Empty for what is no Error. */
export function ownFrames(thrown: unknown): string[] {
  if (!(thrown instanceof Error) || typeof thrown.stack !== "string") return [];
  return ownFramesOf(thrown.stack);
}

/** The same for the text of a stack. */
export function ownFramesOf(stack: string): string[] {
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (match === null) continue;
    const [, , where, file = "", row, column] = match;
    if (!isOwnFile(file) || COMPILER_HELPER.test(where ?? "")) continue;
    const place = `${decodePath(file)}:${row}:${column}`;
    frames.push(where === undefined || where === "<anonymous>" ? place : `${place} in ${where}`);
    if (frames.length === MAX_FRAMES) break;
  }
  return frames;
}

function isOwnFile(file: string): boolean {
  const isSystem = /^(node:|ext:|native|\[|bun:|unknown|<)/.test(file);
  // The executable's source map calls our modules by their paths in the repository; those of a user are absolute.
  const isAbsolute = /^(\/|[A-Za-z]:[\\/])/.test(file);
  return !isSystem && isAbsolute && !file.includes("/node_modules/") && !file.startsWith(OUR_MODULES) &&
    file !== OUR_API &&
    !file.includes("/$bunfs/");
}

function decodePath(file: string): string {
  const path = file.replace(/^file:\/\//, "").replace(SHIPPED, "");
  try {
    return decodeURI(path);
  } catch {
    return path; // a lone % in a path: show it as it is
  }
}
