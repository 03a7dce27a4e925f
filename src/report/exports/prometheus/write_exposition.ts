/**
 * Writes metric families as the two texts that Prometheus scrapes: its own format (0.0.4) and OpenMetrics 1.0. They
 * differ in the names of the families, in the form of whole bounds, in units and exemplars, and in the last line. Pure.
 */
import type { Exemplar, MetricFamily, MetricSample } from "./metric_family.ts";

export type ExpositionFormat = "text" | "openMetrics";

export function writeExposition(families: readonly MetricFamily[], format: ExpositionFormat): string {
  const lines: string[] = [];
  for (const family of families) {
    const name = format === "text" ? textName(family) : family.name;
    lines.push(
      `# HELP ${name} ${escapeHelp(family.help, format)}`,
      `# TYPE ${name} ${format === "text" && family.type === "info" ? "gauge" : family.type}`,
    );
    if (format === "openMetrics" && family.unit !== undefined) lines.push(`# UNIT ${name} ${family.unit}`);
    for (const sample of family.samples) lines.push(writeSample(family.name, sample, format));
  }
  if (format === "openMetrics") lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

/** In the older format a family is named as its samples are. */
function textName({ name, type }: MetricFamily): string {
  return type === "counter" ? `${name}_total` : type === "info" ? `${name}_info` : name;
}

function writeSample(name: string, sample: MetricSample, format: ExpositionFormat): string {
  const { suffix, value, exemplar } = sample;
  const bound = sample.bound === undefined ? "" : `le="${formatBound(sample.bound, format)}"`;
  const labels = sample.labels !== "" && bound !== "" ? `${sample.labels},${bound}` : sample.labels + bound;
  const line = `${name}${suffix}${labels === "" ? "" : `{${labels}}`} ${formatValue(value)}`;
  return format === "openMetrics" && exemplar !== undefined ? `${line} ${writeExemplar(exemplar)}` : line;
}

function writeExemplar({ traceId, seconds, wallMs }: Exemplar): string {
  return `# {trace_id="${traceId}"} ${formatValue(seconds)} ${formatValue(wallMs / 1000)}`;
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

/** OpenMetrics wants a float: `1.0`. */
function formatBound(bound: number, format: ExpositionFormat): string {
  const text = formatValue(bound);
  return format === "openMetrics" && Number.isInteger(bound) ? `${text}.0` : text;
}

function escapeHelp(help: string, format: ExpositionFormat): string {
  const escaped = help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
  return format === "openMetrics" ? escaped.replace(/"/g, '\\"') : escaped;
}
