/** @jsxImportSource preact */
/** The events of a run, newest first: edits, workers, thresholds, the end of the ramp. The charts have the same as marks. */
import type { ApiMarker } from "../../src/server/answers/api_snapshot.ts";
import { formatClock } from "../view/format.ts";

const WORDS: Readonly<Record<ApiMarker["kind"], string>> = {
  start: "Start",
  rampEnd: "Ramp",
  edit: "Edit",
  scenario: "Scenario",
  worker: "Worker",
  threshold: "Threshold",
  step: "Search step",
  reset: "Reset",
  stop: "Stop",
};

export function EventList({ markers }: { readonly markers: readonly ApiMarker[] }) {
  if (markers.length === 0) return null;
  return (
    <section class="card events" aria-label="Events">
      <h3>Events</h3>
      <ol tabIndex={0} aria-label="Events, newest first">
        {markers.toReversed().map(({ kind, text, elapsedMs }, i) => (
          <li key={i} class={kind === "threshold" ? "bad" : undefined}>
            <span class="number">{formatClock(elapsedMs / 1000)}</span>
            <span class="event-kind">{WORDS[kind] ?? kind}</span>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
