/** @jsxImportSource preact */
/** Shows what a capacity search has found: its sentence, what it does at the moment, and its steps. */
import type {
  SummaryCapacity,
  SummaryCapacityFigure,
  SummaryCapacityStep,
} from "../../src/report/summary/capacity_summary.ts";
import { formatClock, formatNumber, formatRate } from "../view/format.ts";
import { formatThresholdFigure } from "../view/threshold_figures.ts";

interface CapacityProps {
  readonly capacity: SummaryCapacity;
  /** During a run. */
  readonly search?: string | undefined;
}

export function CapacityPanel({ capacity }: CapacityProps) {
  return (
    <>
      <p class="card empty">{capacity.sentence}</p>
      {capacity.steps.length > 0 && <Steps capacity={capacity} />}
    </>
  );
}

/** In the live page: one line, and the steps for who asks. */
export function LiveCapacity({ capacity, search }: CapacityProps) {
  return (
    <details class="card capacity">
      <summary>
        <strong>Capacity</strong> {search ?? capacity.sentence}
      </summary>
      <Steps capacity={capacity} />
    </details>
  );
}

function Steps({ capacity: { steps, unit } }: CapacityProps) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Steps of the search">
      <table class="thresholds" aria-label="Steps of the search">
        <thead>
          <tr>
            <th scope="col">SLO</th>
            <th scope="col" class="number">Step</th>
            <th scope="col" class="extra">Purpose</th>
            <th scope="col" class="number extra">At</th>
            <th scope="col" class="number extra">Window</th>
            <th scope="col" class="number">{unit === "users" ? "Users" : "Arrivals/s"}</th>
            <th scope="col" class="number extra">Requests/s</th>
            <th scope="col">Figures</th>
            <th scope="col" class="extra">Load generator</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.number} class={CLASSES[step.outcome]}>
              <td>
                <span class="state">{OUTCOMES[step.outcome]}</span>
              </td>
              <td class="number">{step.number}</td>
              <td class="extra">{step.purpose}</td>
              <td class="number extra">{formatClock(step.fromSeconds)}</td>
              <td class="number extra">{`${Math.round(step.toSeconds - step.fromSeconds)} s`}</td>
              <td class="number">{formatLoad(step.load)}</td>
              <td class="number extra">{formatRate(step.requestsPerSecond)}</td>
              <td class="wrap">{describeFigures(step)}</td>
              <td class="wrap extra">{step.doubts[0] ?? "fine"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Rates of three digits, whole users. */
function formatLoad(load: number): string {
  return formatNumber(load, load % 1 === 0 ? 0 : load >= 10 ? 1 : load >= 1 ? 2 : 3);
}

const OUTCOMES = { within: "✓ within", broken: "✕ broken", unclear: "… unclear" } as const;
const CLASSES = { within: "met", broken: "broken", unclear: "pending" } as const;

function describeFigures({ figures, shortfall }: SummaryCapacityStep): string {
  const shown = figures.filter(({ statistic, outcome }) => statistic !== "backlog" || outcome === "broken");
  return [...shown.map(describeFigure), ...(shortfall === null ? [] : [shortfall])].join(", ");
}

function describeFigure(figure: SummaryCapacityFigure): string {
  const { statistic, row } = figure;
  const name = statistic === "backlog" ? "unanswered" : statistic;
  return `${name}${row === null ? "" : ` of ${row}`} ${formatThresholdFigure(figure)}`;
}
