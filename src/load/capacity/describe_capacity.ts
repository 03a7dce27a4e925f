/** A capacity, and what a load above it met with, in words: one wording for terminal, files and page. Pure. */
import type { CapacityFigure, CapacityReport, CapacityUnit } from "../../protocol/capacity_message.ts";
import { formatFigure } from "../../stats/thresholds/describe_status.ts";
import type { LoadEvidence } from "./load_evidence.ts";
import type { LoadRange } from "./load_scale.ts";

type KnownCapacity = Omit<CapacityReport, "sentence" | "steps">;

export interface CapacityParts {
  readonly best: LoadEvidence | undefined;
  /** The lowest load that broke. */
  readonly high: LoadEvidence | undefined;
  readonly range: LoadRange;
  /** Of all loads that were tried. */
  readonly lowest: number;
}

/** `1,840/s (1,800 – 1,880) within the SLO; at 1,880/s p99 was 412 ms` */
export function describeCapacity(known: KnownCapacity, { best, high, range, lowest }: CapacityParts): string {
  const { unit, limitedBy } = known;
  const reservation = describeReservation(known);
  if (best === undefined) {
    if (high === undefined) {
      return "No step was judged before the end: the capacity is not known; give the search more time (-t), or no end";
    }
    const where = lowest < high.load ? "and not clearly met at any lower load" : "the lowest load that was tried";
    return `The SLO is not met at ${formatLoad(high.load, unit)}, ${where}: ${describeBreak(high, unit)}${reservation}`;
  }
  const figure = `${describeLoad(known, known.load ?? best.load)} within the SLO`;
  if (high === undefined) {
    const above = limitedBy === "bound"
      ? `no load up to ${formatLoad(range.max, unit)} broke it: the capacity may be higher`
      : "no load broke it so far";
    return `${figure}; ${above}${reservation}`;
  }
  if (limitedBy !== "generator") return `${figure}; ${describeBreak(high, unit)}${reservation}`;
  const doubt = high.steps.flatMap(({ doubts }) => doubts)[0] ?? "";
  return `The load generator was the limit at ${
    formatLoad(high.load, unit)
  } (${doubt}); ${figure}, and the system may do more` +
    reservation;
}

/** `1,840/s (1,800 – 1,880)`, `450 users (440 – 460), 1,230 requests/s,` */
function describeLoad({ unit, low, high, requestsPerSecond }: KnownCapacity, load: number): string {
  const ends = [low ?? load, high].map((each) => each === null ? "…" : formatNumber(each));
  const rate = unit === "users" && requestsPerSecond !== null ? `, ${formatNumber(requestsPerSecond)} requests/s,` : "";
  return `${formatLoad(load, unit)} (${ends.join(" – ")})${rate}`;
}

/** `at 1,900/s p99 was 412 ms` */
function describeBreak({ load, steps }: LoadEvidence, unit: CapacityUnit): string {
  const step = steps.findLast(({ outcome }) => outcome === "broken") ??
    steps.findLast(({ leaning }) => leaning === "broken") ?? steps.at(-1);
  if (step === undefined) return "";
  if (step.shortfall !== undefined) return `at ${formatLoad(load, unit)} ${step.shortfall}`;
  const worst = step.figures.find(({ outcome }) => outcome === "broken") ??
    step.figures.find(({ excess }) => excess > 0) ?? step.figures[0];
  return `at ${formatLoad(load, unit)} ${worst === undefined ? "it broke" : describeCapacityFigure(worst)}`;
}

/** `p99 was 412 ms`, `failures of GET /items were 3 %` */
function describeCapacityFigure({ statistic, measured, limit, unit, row, condition }: CapacityFigure): string {
  const scope = row ?? /^(.*): [a-z_]+[\d.()]*\s*[<>]/.exec(condition)?.[1];
  const of = scope === undefined ? "" : ` of ${scope}`;
  if (measured === null) return `no request${of} was answered`;
  if (statistic === "backlog") {
    return `${formatFigure(measured, unit, limit)} of the arrivals were not answered in their time`;
  }
  const verb = ["failures", "dropped"].includes(statistic) ? "were" : "was";
  return `${statistic}${of} ${verb} ${formatFigure(measured, unit, limit)}`;
}

/** `30 s more: 12 of 700 responses above 500 ms decide`; undefined: no share of responses decides. */
export function describeWait(seconds: number, figures: readonly CapacityFigure[]): string | undefined {
  const open = figures.filter(({ share, weight }) => share !== undefined && share > 0 && weight > 0);
  const [nearest] = open.sort((a, b) => Math.abs(a.excess / a.error) - Math.abs(b.excess / b.error));
  if (nearest?.share === undefined || seconds <= 0) return undefined;
  const { statistic, limit, unit, excess, share, weight } = nearest;
  const beyond = Math.round((excess + share) * weight);
  const what = unit === "%" ? statistic : `responses above ${formatFigure(limit, unit)}`;
  return `${seconds} s more: ${formatNumber(beyond)} of ${formatNumber(weight)} ${what} decide`;
}

function describeReservation(known: KnownCapacity): string {
  const { thin } = known;
  const samples = thin === undefined
    ? ""
    : `; ${thin.statistic} there stands on ${thin.samples} of the ${thin.needed} samples that it needs: give a longer --step-time`;
  return `${describeEnd(known)}${samples}`;
}

function describeEnd({ isConfirmed, end }: KnownCapacity): string {
  switch (end) {
    case "stopped":
      return "; the search was ended before it had confirmed this";
    case "notRecovered":
      return "; the system did not recover from the overload, and the search ended there";
    case "steps":
      return "; the system behaved otherwise each time, and the search was given up";
    case "below":
      return "; a system that is slow for longer after its start must be warmed up before the search, by a separate run";
    default:
      return isConfirmed ? "" : "; not confirmed";
  }
}

/** `1,840/s`, `450 users` */
export function formatLoad(load: number, unit: CapacityUnit): string {
  if (unit === "/s") return `${formatNumber(load)}/s`;
  return `${formatNumber(load)} ${load === 1 ? "user" : "users"}`;
}

function formatNumber(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 3;
  const [whole = "", fraction] = String(Number(value.toFixed(digits))).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
