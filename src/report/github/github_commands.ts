/**
 * Annotations of GitHub Actions: `::error::` for thresholds that are not met and an invalid run, `::warning::` for a
 * degraded one. Each is one line, whatever names and texts hold. Pure.
 */
import { escapeControls } from "../../base/text/text.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { describeMeasured } from "../../stats/thresholds/describe_status.ts";
import type { SummaryVerdict } from "../summary/summary.ts";

export type AnnotationLevel = "error" | "warning";

/** A line, without its end. GitHub decodes `%25`, `%0D` and `%0A` in the message. */
export function githubCommand(level: AnnotationLevel, message: string): string {
  const lines = message.split(/(\r\n|\r|\n)/).map((part, i) => i % 2 === 1 ? part : escapeControls(part)).join("");
  const data = lines.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  return `::${level}::${data}`;
}

export function annotateRun(verdict: SummaryVerdict, statuses: readonly ThresholdStatus[]): string[] {
  const broken = statuses.filter(({ state }) => state !== "met").map((status) =>
    githubCommand("error", `Threshold not met: ${status.expression} (${describeMeasured(status)})`)
  );
  if (verdict.kind === "valid") return broken;
  const doubts = verdict.doubts.map(({ sentence, advice }) => `${sentence}; ${advice}`);
  const level = verdict.kind === "invalid" ? "error" : "warning";
  return [...broken, githubCommand(level, [`The run is ${verdict.kind}`, ...doubts].join("\n"))];
}
