/** Says in one sentence what the Start button will do. Pure. */
import { parseArrivalRate } from "../../src/load/arrivals/arrival_rate.ts";
import { formatClock, formatCount, formatDuration, formatNumber, formatValue } from "./format.ts";
import { joinSlo, rampEnd, type StartPlan } from "./start_plan.ts";

export function describePlan(plan: StartPlan): string {
  const { users, spawnRate, runTimeSeconds, rate: arrivals, slo } = plan;
  if (slo !== undefined) return describeSearch(plan, slo);
  if (arrivals !== undefined) return describeArrivals(arrivals, runTimeSeconds);
  if (users === 0) return "Starts without users; add some with Edit.";
  const rampSeconds = rampEnd(plan);
  const shownRate = spawnRate < 0.05
    ? formatValue(spawnRate)
    : formatNumber(spawnRate, Number.isInteger(spawnRate) ? 0 : 1);
  const rate = `${shownRate} per second`;
  const starts = rampSeconds <= 1
    ? `Starts ${formatCount(users, "user")} at once`
    : `Starts ${rate} until ${formatCount(users, "user")} run after ${formatDuration(rampSeconds)}`;
  if (runTimeSeconds === null) return `${starts}, and runs until you stop it.`;
  if (rampSeconds > runTimeSeconds) {
    const reached = formatCount(Math.floor(runTimeSeconds * spawnRate), "user");
    return `Starts ${rate}, and stops after ${formatDuration(runTimeSeconds)} with ${reached} of ${
      formatNumber(users)
    }: the ramp needs ${formatDuration(rampSeconds)}.`;
  }
  return `${starts}, holds them for ${formatDuration(runTimeSeconds - rampSeconds)}, and stops at ${
    formatClock(runTimeSeconds)
  }.`;
}

function describeSearch({ users, rate, runTimeSeconds }: StartPlan, slo: readonly string[]): string {
  const start = rate === undefined
    ? `Begins with ${formatCount(users, "user")}, and searches for the most users that keep`
    : `Begins with arrivals at ${nameRate(rate)}, and searches for the highest rate that keeps`;
  const end = runTimeSeconds === null
    ? "It ends by itself, mostly within eight minutes."
    : `It ends by itself, or at ${formatClock(runTimeSeconds)} with what is known by then.`;
  return `${start} ${joinSlo(slo)}. ${end}`;
}

function nameRate(rate: string): string {
  return /^[\d.]+$/.test(rate) ? `${rate}/s` : rate;
}

function describeArrivals(rate: string, runTimeSeconds: number | null): string {
  const starts = rate.includes(":")
    ? `Starts arrivals in stages (${rate}), however fast the system answers`
    : `Starts arrivals at ${nameRate(rate)}, however fast the system answers`;
  const { endMs = Infinity } = parseArrivalRate(rate).curve;
  const endSeconds = runTimeSeconds ?? endMs / 1000; // a run time beyond the stages is waited for
  return endSeconds === Infinity ? `${starts}.` : `${starts}, and stops at ${formatClock(endSeconds)}.`;
}
