/** @jsxImportSource preact */
/** Thresholds: met or not, measured against the limit. */
import type { SummaryThreshold } from "../../src/report/summary/summary.ts";
import { formatClock, NONE } from "../view/format.ts";
import { formatLimit, formatThresholdFigure } from "../view/threshold_figures.ts";

/** During a run, a condition may have nothing to judge yet. */
type ShownThreshold = SummaryThreshold & { readonly state?: "pending" | "met" | "broken" };

export function ThresholdList({ thresholds }: { readonly thresholds: readonly ShownThreshold[] }) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Thresholds">
      <table class="thresholds" aria-label="Thresholds">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Threshold</th>
            <th scope="col" class="extra">Scope</th>
            <th scope="col" class="number">Measured</th>
            <th scope="col" class="number extra">Limit</th>
            <th scope="col" class="number">Broken since</th>
          </tr>
        </thead>
        <tbody>
          {thresholds.map((threshold) => (
            <tr class={stateOf(threshold)}>
              <td>
                <span class="state">{STATES[stateOf(threshold)]}</span>
              </td>
              <td class="wrap">
                <code>{threshold.expression}</code>
              </td>
              <td class="wrap extra">{threshold.scope}</td>
              <td class="number">
                <span class="muted extra">{threshold.statistic}</span> {measuredOf(threshold)}
              </td>
              <td class="number extra">{threshold.operator} {formatLimit(threshold)}</td>
              <td class="number">
                {threshold.crossedAtSeconds === null ? NONE : formatClock(threshold.crossedAtSeconds)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STATES = { met: "✓ met", broken: "✕ not met", pending: "… nothing measured yet" } as const;

function stateOf({ state, passed }: ShownThreshold): keyof typeof STATES {
  return state ?? (passed ? "met" : "broken");
}

/** A condition that nothing was counted for is not met; a dash would not say why. */
function measuredOf(threshold: ShownThreshold): string {
  const isUncounted = threshold.measured === null && stateOf(threshold) === "broken";
  return isUncounted ? "nothing counted" : formatThresholdFigure(threshold);
}
