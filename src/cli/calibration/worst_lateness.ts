/**
 * The worst second of waiting users, by the ticks in the journal of a run. The last reading of a worker, which is what
 * a summary has, is from the time after its users have stopped, when nobody wakes late. Pure.
 */
import { parseLine } from "../../master/journal/journal_line.ts";
import { RunReplay } from "../../master/journal/run_replay.ts";

/**
 * The largest p99 of the lateness in ms while all users ran; null where no tick tells of it, or none of them had waited
 * to the end.
 */
export function worstLatenessMs(journal: string): number | null {
  const replay = new RunReplay();
  let worst: number | null = null;
  for (const text of journal.split("\n")) {
    const line = text === "" ? undefined : parseLine(text);
    const event = line === undefined ? undefined : replay.take(line);
    if (event?.kind !== "ticked" || event.snapshot.state !== "running") continue;
    for (const { latenessP99Ms } of event.snapshot.workers) {
      if (latenessP99Ms > 0) worst = Math.max(worst ?? 0, latenessP99Ms); // 0: no wait has ended
    }
  }
  return worst;
}
