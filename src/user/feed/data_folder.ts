/**
 * The place of data files: the current folder comes first, then that of the locustfile, where a worker has the files
 * that its master has shipped. One per thread, set before the locustfile is imported.
 */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";

let folder: string | undefined;

/** The locustfiles of this thread. */
export function setLocustfiles(files: readonly string[]): void {
  const [first] = files;
  folder = first === undefined ? undefined : dirname(resolve(first));
}

/** Where the file is. `worker`: it is not looked for among those that came with the locustfile. */
export function findDataFile(name: string, at: "master" | "worker"): string {
  if (isAbsolute(name) || at === "worker" || folder === undefined || existsSync(name)) return name;
  const beside = join(folder, name);
  return existsSync(beside) ? beside : name;
}
