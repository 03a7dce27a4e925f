/**
 * Modules of the runtime that most threads never use. Each is loaded with its first use: importing all of them would
 * delay the start of every thread by some milliseconds.
 */
import process from "node:process";

export const lateAsyncHooks = late(() => process.getBuiltinModule("node:async_hooks"));
export const lateConsole = late(() => process.getBuiltinModule("node:console"));
export const lateCrypto = late(() => process.getBuiltinModule("node:crypto"));
export const lateDns = late(() => process.getBuiltinModule("node:dns"));
export const lateEvents = late(() => process.getBuiltinModule("node:events"));
export const lateFiles = late(() => process.getBuiltinModule("node:fs/promises"));
export const lateNet = late(() => process.getBuiltinModule("node:net"));
export const lateStream = late(() => process.getBuiltinModule("node:stream"));
export const lateTls = late(() => process.getBuiltinModule("node:tls"));
export const lateUrl = late(() => process.getBuiltinModule("node:url"));
export const lateUtil = late(() => process.getBuiltinModule("node:util"));
export const lateZlib = late(() => process.getBuiltinModule("node:zlib"));

/** What the first call makes. */
export function late<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => made ??= make();
}
