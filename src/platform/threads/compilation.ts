/**
 * When Bun compiles functions to machine code: as soon as they ran some hundred times, which at a start is code that
 * will hardly run again, and the compiler takes the cores from it. So a thread begins more patiently, and becomes as
 * usual when users start. Each thread has a patience of its own. Does nothing under Deno.
 */
import { bunApi } from "../runtime.ts";

interface Compiler {
  readonly unsafe?: { setJITPolicy?(scale: number): void };
}

/** A function must run so many times as often as usual. */
const PATIENT = 10;
const USUAL = 1;

/** A start takes less time, unless the machine is busy. */
export const PATIENT_MS = 500;

/** In this thread, until `compileAsUsual` is called. */
export function compilePatiently(): void {
  setPatience(PATIENT);
}

/** What runs from now on may run a million times. */
export function compileAsUsual(): void {
  setPatience(USUAL);
}

let current = USUAL;

function setPatience(scale: number): void {
  if (scale === current) return;
  current = scale;
  bunApi<Compiler>()?.unsafe?.setJITPolicy?.(scale);
}
