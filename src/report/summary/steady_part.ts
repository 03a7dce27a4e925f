/**
 * The steady part of a run with a warm-up: from where to where it goes, and its figures as the difference of the ledger
 * at its ends. One way for every form of output. Pure.
 */
import type { PhaseBegan } from "../../master/run_event.ts";
import {
  addRowStates,
  type LedgerRowState,
  type LedgerState,
  type SavedTotal,
} from "../../stats/ledger/ledger_state.ts";
import { successorOf } from "../../stats/groups/url_names.ts";
import type { SummaryEntry } from "./summary.ts";
import { toSteadyEntry } from "./summary_entry.ts";

export interface SteadyPart {
  readonly fromMs: number;
  readonly toMs: number;
  total(): SummaryEntry;
  entries(): SummaryEntry[];
}

/** Phases in order, those before a new ramp upwards forgotten: they count as ramp. */
export function addPhase(phases: readonly PhaseBegan[], event: PhaseBegan): readonly PhaseBegan[] {
  return event.phase === "ramp" ? [] : [...phases, event];
}

/**
 * `now`: the ledger at `elapsedMs`. Undefined without a warm-up, before the steady part, and as long as no report has
 * come in it: what is counted at its ends is of the time before it then, and has no rate.
 */
export function findSteadyPart(
  phases: readonly PhaseBegan[],
  now: SavedTotal & Pick<LedgerState, "rows">,
  elapsedMs: number,
): SteadyPart | undefined {
  const from = phases.find(({ phase }) => phase === "steady");
  if (from?.ledger === undefined) return undefined;
  const cool = phases.find(({ phase }) => phase === "coolDown");
  const to = cool?.ledger ?? now;
  const toMs = cool?.elapsedMs ?? elapsedMs;
  // After a reset of the statistics in between there is nothing to subtract: they are of the time since then.
  const base = to.resets === from.ledger.resets ? from.ledger : undefined;
  const spanMs = to.loadMs === undefined
    ? Math.min(toMs - from.elapsedMs, base === undefined ? to.countsFromAgeMs : Infinity)
    : to.loadMs - (base?.loadMs ?? 0);
  if (spanMs <= 0) return undefined;
  return {
    fromMs: from.elapsedMs,
    toMs,
    total: () => toSteadyEntry(base?.total, to.total, spanMs),
    entries() {
      const present = new Set(to.rows.map(keyOf));
      const before = new Map<string, LedgerRowState>();
      for (const row of base?.rows ?? []) {
        // URLs may have been grouped since then.
        const key = keyOf(successorOf(row, (each) => present.has(keyOf(each))));
        const other = before.get(key);
        before.set(key, other === undefined ? row : addRowStates(other, row));
      }
      return to.rows.map((row) => toSteadyEntry(before.get(keyOf(row)), row, spanMs));
    },
  };
}

function keyOf({ method, name }: Pick<LedgerRowState, "method" | "name">): string {
  return `${method}\0${name}`;
}
