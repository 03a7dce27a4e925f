/**
 * The system call that takes an ended child process off the kernel's list. Bun makes it for the children it has
 * started, and no others.
 */
import process from "node:process";
import { runtimeName } from "../runtime.ts";

/** The part of `bun:ffi` that is used. */
interface ForeignFunctions {
  dlopen(
    path: string,
    symbols: { readonly waitpid: { readonly args: readonly string[]; readonly returns: string } },
  ): { readonly symbols: { waitpid(pid: number, status: null, options: number): number } };
}

const C_LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];
const WNOHANG = 1;

/** Waits for one child that has ended already. Undefined where there is no such call: under Deno, on other systems than Linux. */
export function openWaitForChild(): ((pid: number) => void) | undefined {
  if (runtimeName !== "bun" || process.platform !== "linux") return undefined;
  const ffi = (process.getBuiltinModule as (name: string) => unknown)("bun:ffi") as ForeignFunctions;
  for (const path of C_LIBRARIES) {
    try {
      const { symbols } = ffi.dlopen(path, { waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" } });
      return (pid) => void symbols.waitpid(pid, null, WNOHANG);
    } catch {
      // linked with another C library
    }
  }
  return undefined;
}
