/** @jsxImportSource preact */
/** Thresholds: met or not, measured against the limit. */
import type { SummaryThreshold } from "../../src/report/summary/summary.ts";
import { formatClock, formatNumber, NONE } from "../view/format.ts";

export function ThresholdList({ thresholds }: { readonly thresholds: readonly SummaryThreshold[] }) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Thresholds">
      <table aria-label="Thresholds">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Threshold</th>
            <th scope="col">Scope</th>
            <th scope="col" class="number">Measured</th>
            <th scope="col" class="number">Limit</th>
            <th scope="col" class="number">Broken since</th>
          </tr>
        </thead>
        <tbody>
          {thresholds.map((threshold) => (
            <tr class={threshold.passed ? "met" : "broken"}>
              <td>
                <span class="state">{threshold.passed ? "✓ met" : "✕ not met"}</span>
              </td>
              <td>
                <code>{threshold.expression}</code>
              </td>
              <td class="wrap">{threshold.scope}</td>
              <td class="number">{withUnit(threshold.measured, threshold.unit)}</td>
              <td class="number">{threshold.operator} {withUnit(threshold.limit, threshold.unit)}</td>
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

function withUnit(value: number | null, unit: string): string {
  if (value === null) return NONE;
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1;
  return `${formatNumber(value, digits)}${unit === "" ? "" : ` ${unit}`}`;
}
