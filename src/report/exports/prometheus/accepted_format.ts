/**
 * Chooses the format of a scrape by its `Accept` header (RFC 9110 §12.5.1): OpenMetrics only where it is asked for by
 * name. Pure.
 */
import type { ExpositionFormat } from "./write_exposition.ts";

/** The version of OpenMetrics that we write; a scraper that names no version takes it too. */
const OPEN_METRICS_VERSION = "1.0.0";

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openMetrics: `application/openmetrics-text; version=${OPEN_METRICS_VERSION}; charset=utf-8`,
};

export function acceptedFormat(accept: string | null): ExpositionFormat {
  const ranges = (accept ?? "").split(",").map(parseRange);
  const best = (fits: (range: Range) => boolean) => Math.max(0, ...ranges.filter(fits).map(({ quality }) => quality));
  const openMetrics = best(({ type, version }) =>
    type === "application/openmetrics-text" && (version === undefined || version === OPEN_METRICS_VERSION)
  );
  const text = best(({ type, version }) => type === "text/plain" && (version === undefined || version === "0.0.4"));
  return openMetrics > 0 && openMetrics >= text ? "openMetrics" : "text";
}

interface Range {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

/** `text/plain;version=0.0.4;q=0.5` */
function parseRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const values = new Map(
    parameters.map((parameter) => {
      const [name = "", value = ""] = parameter.split("=").map((part) => part.trim().replace(/^"(.*)"$/, "$1"));
      return [name, value] as const;
    }),
  );
  const quality = Number(values.get("q") ?? 1);
  return { type, version: values.get("version"), quality: quality >= 0 && quality <= 1 ? quality : 0 };
}
