/**
 * Finds out that a system is no longer the one that broke: caches fill, code is compiled, pools grow, and what an early
 * step said of a load holds no more. A load that broke by chance is no such thing, and so near to the edge windows
 * disagree for a long time. Only clearly more load, which held again and again, tells. Pure.
 */
import type { CapacityStep } from "../../protocol/capacity_message.ts";
import { holdTogether, judgeTogether } from "./judge_windows.ts";

/** Of the load that broke: no system holds so much more, in window after window, than that at which it is too slow. */
const CLEARLY_MORE = 1.2;
/** Where windows of clearly more load decide nothing, because it is too small for that. */
const MUCH_MORE = 2;
const WINDOWS = 2;

export interface SystemChange {
  /** What broke up to this step was another system. */
  readonly brokenUntil: number;
  /** The step by which that was known. */
  readonly knownAt: number;
}

/** The last change; undefined: the system was the same all the time, as far as can be seen. `steps`: in their order. */
export function findChange(steps: readonly CapacityStep[]): SystemChange | undefined {
  let last: SystemChange | undefined;
  for (const [i, step] of steps.entries()) {
    const knownAt = isBroken(step) ? findRefutation(step.load, steps, i + 1) : undefined;
    if (knownAt !== undefined) last = { brokenUntil: step.number, knownAt: Math.max(knownAt, last?.knownAt ?? 0) };
  }
  return last;
}

/** The last of the windows that held clearly more, all together, without one in between that broke at no more than that. */
function findRefutation(broken: number, steps: readonly CapacityStep[], from: number): number | undefined {
  const enough = broken * CLEARLY_MORE;
  const held: CapacityStep[] = [];
  for (let i = from; i < steps.length; i++) {
    const step = steps[i];
    if (step === undefined || (step.load <= enough && isBroken(step))) return undefined;
    if (step.load < enough || step.leaning === "broken" || step.doubts.length > 0) continue;
    held.push(step);
    if (held.length >= WINDOWS && holdTogether(held)) return step.number;
  }
  return undefined;
}

/** The next load to try, up to `most`, where the load `broken` has been contradicted: the most that was tried since has held. */
export function loadBeyond(broken: number, steps: readonly CapacityStep[], most: number): number | undefined {
  const from = steps.findLastIndex((step) => step.load === broken && isBroken(step));
  const since = steps.slice(from + 1).filter(({ load }) => load >= broken);
  const highest = Math.max(0, ...since.map(({ load }) => load));
  const top = since.filter(({ load }) => load >= Math.min(highest, broken * CLEARLY_MORE));
  if (since.length < WINDOWS || highest >= most || judgeTogether(top).leaning === "broken") return undefined;
  return Math.min(most, highest < broken * CLEARLY_MORE ? broken * CLEARLY_MORE : highest * MUCH_MORE);
}

/** A load generator in doubt says nothing of the system, one way or the other. */
function isBroken({ outcome, doubts }: CapacityStep): boolean {
  return outcome === "broken" && doubts.length === 0;
}
