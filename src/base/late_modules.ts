/**
 * Modules of the runtime that most threads never use. Each is loaded with its first use: importing all of them would delay the
 * start of every thread by some milliseconds.
 */
import process from "node:process";

export const lateConsole = late(() => process.getBuiltinModule("node:console"));
export const lateCrypto = late(() => process.getBuiltinModule("node:crypto"));
export const lateNet = late(() => process.getBuiltinModule("node:net"));
export const lateStream = late(() => process.getBuiltinModule("node:stream"));
export const lateTls = late(() => process.getBuiltinModule("node:tls"));
export const lateZlib = late(() => process.getBuiltinModule("node:zlib"));

function late<Module>(load: () => Module): () => Module {
  let module: Module | undefined;
  return () => module ??= load();
}
