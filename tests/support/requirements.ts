/**
 * What a test needs that is not part of the repository: nginx, openssl, root … Where it is missing, the test is skipped and the
 * reason is listed at the end of the run; on the CI machine (`CI=true`), where everything has been installed, that is an error,
 * so that no test can disappear unnoticed.
 *
 *     test("…", { skip: requireTool("nginx") }, async () => { … });
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** Where Debian keeps servers and network tools; not on everybody's PATH. */
const SYSTEM_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** False, or why the test must be skipped. Throws on the CI machine instead. */
export type SkipReason = string | false;

/** The path of an installed program, undefined where there is none. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** All of these programs are needed. */
export function requireTool(...names: readonly string[]): SkipReason {
  const missing = names.filter((name) => findTool(name) === undefined);
  return missing.length === 0 ? false : skip(`${missing.join(" and ")} not installed`);
}

/** Network namespaces, chroots and the like are for root only. */
export function requireRoot(): SkipReason {
  return process.getuid?.() === 0 ? false : skip("needs root");
}

/** Anything else, tried out by the caller: `requireThat(canUseNamespaces(), "no network namespaces here")`. */
export function requireThat(holds: boolean, otherwise: string): SkipReason {
  return holds ? false : skip(otherwise);
}

/** What .ci/run tries to make and cannot always: where it is missing the test is skipped, on the CI machine too. */
export function requireMade(holds: boolean, otherwise: string): SkipReason {
  if (holds) return false;
  console.log(`\nskip reason: ${otherwise}`);
  return otherwise;
}

function skip(reason: string): string {
  if (process.env["CI"] === "true") throw new Error(`Cannot run this test: ${reason}; .ci/run must provide it`);
  console.log(`\nskip reason: ${reason}`); // the test runner collects these lines
  return reason;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not ours to start
  }
}
