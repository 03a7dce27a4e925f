/** The scenarios of a run as the summary has them, and in words: for tables, reports and the web UI. Pure. */
import { formatElapsed } from "../../base/units.ts";
import type { ScenarioSnapshot } from "../../protocol/snapshot_message.ts";
import type { SummaryScenario } from "./load_summary.ts";

export function toSummaryScenario(
  { name, state, users, wantedUsers, startMs, overMs, endMs }: ScenarioSnapshot,
): SummaryScenario {
  return {
    name,
    state,
    users,
    wantedUsers,
    startSeconds: inSeconds(startMs),
    overSeconds: inSeconds(overMs),
    endSeconds: inSeconds(endMs),
  };
}

/** `60/100 users`, `12 users`, `waits`, `ended`: of one with a number, as many as it asks for now. */
export function describeScenarioUsers(
  { state, users, wantedUsers }: Pick<SummaryScenario, "state" | "users" | "wantedUsers">,
): string {
  if (state === "waiting") return "waits";
  if (state === "ended") return "ended";
  const count = wantedUsers > 0 && wantedUsers !== users ? `${users}/${wantedUsers}` : String(users);
  return `${count} ${count === "1" ? "user" : "users"}${state === "ending" ? " ending" : ""}`;
}

/** `from 1:00 to 5:00`, `from 1:00 on`, `not started`: the time of the load. */
export function describeScenarioTime(
  { startSeconds, overSeconds }: Pick<SummaryScenario, "startSeconds" | "overSeconds">,
): string {
  if (startSeconds === null) return "not started";
  const from = `from ${formatElapsed(Math.round(startSeconds) * 1000)}`;
  return overSeconds === null ? `${from} to the end` : `${from} to ${formatElapsed(Math.round(overSeconds) * 1000)}`;
}

function inSeconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms) / 1000;
}
