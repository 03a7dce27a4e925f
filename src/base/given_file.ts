/**
 * Why a file that a person has named cannot be read, as the two ends of a sentence: `Cannot …: it is a folder; name a file in it`. One way
 * for every file that is read: journals, summaries, locustfiles, configs, certificates.
 */
import type { Stats } from "node:fs";
import { describeThrown } from "./errors.ts";

const TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file; check the path",
  ENOTDIR: "a part of its path is not a folder; check the path",
  EISDIR: "it is a folder; name a file in it",
  EACCES: "this user may not read it; change its permissions",
  EPERM: "this user may not read it; change its permissions",
  ELOOP: "its symbolic links go in a circle; check the path",
  ENAMETOOLONG: "its name is too long; check the path",
};

/** What reading the file threw, and what to do. */
export function describeUnreadable(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return TROUBLES[code] ?? `${describeThrown(thrown)}; check the path`;
}

/** Of a file that has to be read more than once, or without waiting for a writer; undefined where that is possible. */
export function describeKind(stats: Pick<Stats, "isFile" | "isDirectory">): string | undefined {
  if (stats.isFile()) return undefined;
  return stats.isDirectory() ? TROUBLES["EISDIR"] : "it is a pipe or a device; write it to a file and name that";
}
