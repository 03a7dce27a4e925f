/**
 * Whether a system kept up with the arrivals of a window: what came and was neither answered nor dropped at its end,
 * and not so at its begin, is a backlog that grows for ever. A lax SLO would not see it in a short window. Pure.
 */
import type { CapacityFigure } from "../../protocol/capacity_message.ts";
import type { LedgerReading } from "../thresholds/ledger_reading.ts";
import { CLEAR } from "./judge_slo.ts";

/** Of the arrivals; the promise of an open load is that as many are started (`arrivals-below-asked`). */
const ALLOWED_SHARE = 0.01;

export function judgeBacklog(first: LedgerReading, last: LedgerReading): CapacityFigure {
  const asked = last.arrivals.asked - first.arrivals.asked;
  const growth = backlogOf(last) - backlogOf(first) + last.arrivals.dropped - first.arrivals.dropped;
  const share = asked > 0 ? growth / asked : 0;
  const excess = share - ALLOWED_SHARE;
  // At its very capacity a queue is a random walk: its arrivals and its answers vary by as much each.
  const error = asked > 0 ? Math.sqrt(2 / asked) : 0;
  return {
    condition: "arrivals answered",
    statistic: "backlog",
    limit: ALLOWED_SHARE * 100,
    unit: "%",
    measured: asked > 0 ? Math.max(0, share * 100) : null,
    // It is judged one-sided: that a backlog did not grow says little about the SLO.
    outcome: asked > 0 && excess > CLEAR * error ? "broken" : "within",
    excess,
    error,
    weight: asked,
    needed: 1,
  };
}

/** Arrivals that wait for a user, and those that have one. */
function backlogOf({ arrivals: { asked, started, dropped }, users }: LedgerReading): number {
  return Math.max(0, asked - started - dropped) + users;
}
