/** @jsxImportSource preact */
/** The settings that the run was started with: everything that is needed to run it again. */
import type { RunSummary, SummaryOption } from "../../src/report/summary/summary.ts";
import { formatClock, formatDate } from "../view/format.ts";
import { describeEnd } from "../view/headline.ts";
import { nameOfPhase } from "../view/history_charts.ts";

/** Every run ends with a moment of cool-down: it says nothing. */
const MIN_PHASE_SECONDS = 0.5;

export function SettingsList({ summary }: { readonly summary: RunSummary }) {
  const { run, phases } = summary;
  const facts: readonly (readonly [string, string])[] = [
    ["Run", run.id],
    ["Locustfile", run.locustfile],
    ["Host", run.host ?? "set by the user classes"],
    ...(run.profile === null ? [] : [["Profile", run.profile] as const]),
    ["Started", formatDate(run.startedAt)],
    ["Ended", run.endedAt === null ? "not finished" : formatDate(run.endedAt)],
    ["End", describeEnd(summary)],
    [
      "Phases",
      phases.filter(({ fromSeconds, toSeconds }) => toSeconds - fromSeconds >= MIN_PHASE_SECONDS).map((phase) =>
        `${nameOfPhase(phase.kind)} ${formatClock(phase.fromSeconds)}–${formatClock(phase.toSeconds)}`
      ).join(", "),
    ],
    ["Seed", String(run.seed)],
    ["Exit code", run.exitCode === null ? "none yet" : String(run.exitCode)],
    ["Version", `locust-ts ${run.version}${run.runtime === null ? "" : `, ${run.runtime}`}`],
  ];
  const options = Object.entries(run.options);
  return (
    <div class="settings">
      <dl class="card facts">
        {facts.map(([term, text]) => (
          <div>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {options.length > 0 && (
        <dl class="card facts options">
          {options.map(([name, value]) => (
            <div>
              <dt>
                <code>--{name}</code>
              </dt>
              <dd>{optionText(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function optionText(value: SummaryOption): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (value === null) return "none";
  if (typeof value !== "object") return String(value);
  return value.join(value.some((each) => String(each).includes(",")) ? "; " : ", ");
}
