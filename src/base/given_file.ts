/**
 * Why a file that a person has named cannot be read or written, as the end of a sentence:
 * `Cannot …: it is a folder; name a file in it`. One way for every file that is read (journals, summaries, locustfiles,
 * configs, certificates), and for every one that is written.
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

const REFUSALS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota of this user is used up",
  EFBIG: "it has the largest size that is allowed",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  ENOENT: "a folder of its path is missing",
  ENOTDIR: "a part of its path is not a folder",
  EEXIST: "a part of its path is not a folder", // of making one
  ELOOP: "its symbolic links go in a circle",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "this process has no file descriptor left",
  EIO: "the disk reports an error",
};

/** What writing the file, or making its folder, threw; what to do is the caller's to say. */
export function describeUnwritable(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return REFUSALS[code] === undefined ? describeThrown(thrown) : `${REFUSALS[code]} (${code})`;
}

/** Of a file that has to be read more than once, or without waiting for a writer; undefined where that is possible. */
export function describeKind(stats: Pick<Stats, "isFile" | "isDirectory">): string | undefined {
  if (stats.isFile()) return undefined;
  return stats.isDirectory() ? TROUBLES["EISDIR"] : "it is a pipe or a device; write it to a file and name that";
}
