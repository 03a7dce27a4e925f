/** @jsxImportSource preact */
/** The headline figures of a run. */
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { describeScope, headlineFigures } from "../view/headline.ts";

export function Headline({ summary }: { readonly summary: RunSummary }) {
  return (
    <>
      <p class="scope">{describeScope(summary)}.</p>
      <dl class="headline">
        {headlineFigures(summary).map(({ label, value, unit, note, mood }) => (
          <div class={`card figure-card ${mood}`}>
            <dt>{label}</dt>
            <dd>
              <span class={value.length > 8 ? "value long" : "value"}>{value}</span>
              {unit !== "" && <span class="unit">{unit}</span>}
              {note !== "" && <span class="figure-note">{note}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
