/** @jsxImportSource preact */
/** Whether the figures can be trusted, with each doubt and what to do about it. */
import type { RunSummary } from "../../src/report/summary/summary.ts";

const WORDS = {
  valid: "Nothing speaks against these figures.",
  degraded: "These figures hold, with the reservations below.",
  invalid: "These figures do not describe the load that was asked for.",
} as const;

/** State by shape and word, not by colour alone. */
const MARKS = { valid: "✓", degraded: "!", invalid: "✕" } as const;

export function VerdictPanel({ verdict }: { readonly verdict: RunSummary["verdict"] }) {
  return (
    <div class={`card verdict verdict-${verdict.kind}`}>
      <p class="verdict-line">
        <span class="badge" aria-hidden="true">{MARKS[verdict.kind]}</span>
        <strong>Verdict: {verdict.kind}</strong> <span class="muted">{WORDS[verdict.kind]}</span>
      </p>
      {verdict.doubts.length > 0 && (
        <ul class="doubts">
          {verdict.doubts.map(({ sentence, advice, severity }) => (
            <li class={severity}>
              <p>{sentence}</p>
              <p class="muted">Advice: {advice}</p>
            </li>
          ))}
        </ul>
      )}
      {verdict.notes.length > 0 && <ul class="notes">{verdict.notes.map((note) => <li>{note}</li>)}</ul>}
    </div>
  );
}
