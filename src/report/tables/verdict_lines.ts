/** The verdict with its doubts as lines. Pure. */
import { escapeControls } from "../../base/text/text.ts";
import type { EntrySnapshot } from "../../protocol/snapshot_message.ts";
import type { RunVerdict } from "../../stats/verdict/doubt.ts";
import { paint, type Style } from "./colors.ts";
import { wrapText } from "../../base/text/display_width.ts";
import type { TableOptions } from "./text_table.ts";

const STYLES: Readonly<Record<RunVerdict["kind"], Style>> = { valid: "green", degraded: "yellow", invalid: "red" };

/** From this share of failures on the headline names it: below, whole percents say 0. */
const MIN_FAILING_SHARE = 0.01;
/** From here on most of what was measured are failures. */
const MOSTLY_FAILING_SHARE = 0.5;

type Failing = Pick<EntrySnapshot, "requests" | "failures">;

/**
 * The verdict as one sentence. It is about the load generator, so that failures of the system under test do not change
 * it; a headline that left them out would be taken for praise of the system.
 */
export function verdictHeadline(
  { kind, notes = [] }: Pick<RunVerdict, "kind" | "notes">,
  { requests, failures }: Failing,
): string {
  const share = requests === 0 ? 0 : failures / requests;
  if (share < MIN_FAILING_SHARE) {
    if (kind !== "valid") return `Verdict: ${kind}`;
    return notes.length > 0 ? "Verdict: valid, with a remark" : "Verdict: valid, nothing speaks against these numbers";
  }
  const percent = failures === requests ? 100 : Math.min(99, Math.round(share * 100));
  const failing = `${percent} % of the requests failed`;
  return kind === "valid" ? `Verdict: Measured reliably; but ${failing}` : `Verdict: ${kind}; and ${failing}`;
}

export function renderVerdict(verdict: RunVerdict, total: Failing, { colors, width }: TableOptions): string[] {
  const item = (text: string, head: string) =>
    wrapText(escapeControls(text), width === null ? null : width - head.length)
      .map((line, i) => `${i === 0 ? head : " ".repeat(head.length)}${line}`);
  return [
    ...wrapText(verdictHeadline(verdict, total), width).map((line) => paint(line, styleOf(verdict, total), colors)),
    ...verdict.doubts.flatMap(({ sentence, advice }) => [
      ...item(sentence, "  - "),
      ...item(advice, "    "),
    ]),
    ...(verdict.notes ?? []).flatMap((note) => item(note, "  - ")),
    "",
  ];
}

/** Green is for runs with which nothing is wrong, on either side. */
function styleOf({ kind }: RunVerdict, { requests, failures }: Failing): Style {
  const share = requests === 0 ? 0 : failures / requests;
  if (kind !== "valid" || share < MIN_FAILING_SHARE) return STYLES[kind];
  return share < MOSTLY_FAILING_SHARE ? "yellow" : "red";
}
