/**
 * Takes `process.exit()` (and `Deno.exit()`) away from user code. In a thread it would end one thread of several
 * without a word (Deno does not even report it); as an exception it has a file and a line, and the log says what to
 * call instead.
 */
import process from "node:process";
import { LocustError } from "../../base/errors.ts";

/** From now on leaving this thread by exit is an exception in the code that tries it. */
export function forbidExit(): void {
  const exit = (code?: unknown): never => {
    throw new LocustError(
      `Cannot leave by exit(${code === undefined ? "" : String(code)}): a locustfile runs in threads; ` +
        "call environment.runner.quit() to end the test, or throw an Error to refuse to load",
      { code: "exit" },
    );
  };
  process.exit = exit;
  const { Deno: deno } = globalThis as { readonly Deno?: { exit: (code?: number) => never } };
  if (deno !== undefined) deno.exit = exit;
}
