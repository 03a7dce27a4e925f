/**
 * Detects the runtime, and gives access to Bun's own API. Each file of this folder declares the narrow part that it
 * uses; nothing outside of the folder names Bun or Deno.
 */
import process from "node:process";

export type RuntimeName = "bun" | "deno" | "other";

const globals = globalThis as { readonly Bun?: unknown; readonly Deno?: unknown };

export const runtimeName: RuntimeName = globals.Bun !== undefined
  ? "bun"
  : globals.Deno !== undefined
  ? "deno"
  : "other";

/** `Bun 1.4.5`, `Deno 2.9.5` */
export function runtimeVersion(): string {
  const { bun, deno } = process.versions as Readonly<Record<string, string | undefined>>;
  return bun === undefined ? `Deno ${deno}` : `Bun ${bun}`;
}

/** Bun's API, seen as the part that the caller declares; undefined under Deno. */
export function bunApi<Part>(): Part | undefined {
  return globals.Bun as Part | undefined;
}
