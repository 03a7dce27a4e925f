/**
 * The scrape of a run: takes the run events, and answers `GET /metrics` from the last of them. `--prometheus-port`
 * serves it on a port of its own; a web server can mount the same `respond`. Nothing is computed until it is asked for.
 */
import type { RunEventSink } from "../../../master/run_event.ts";
import { type ExportedRun, foldExportedRun, NO_EXPORTED_RUN } from "../exported_run.ts";
import { acceptedFormat, CONTENT_TYPES } from "./accepted_format.ts";
import { locustFamilies } from "./locust_families.ts";
import type { Histograms } from "./histogram_samples.ts";
import { runFamilies } from "./run_families.ts";
import { type ExpositionFormat, writeExposition } from "./write_exposition.ts";

export const METRICS_PATH = "/metrics";

export interface MetricsEndpoint {
  readonly sink: RunEventSink;
  /** The scrape in the format that the request accepts. */
  respond(request: Request): Response;
}

export function createMetricsEndpoint(histograms: Histograms): MetricsEndpoint {
  let run = NO_EXPORTED_RUN;
  return {
    sink: (event) => {
      run = foldExportedRun(run, event);
    },
    respond(request) {
      if (request.method !== "GET" && request.method !== "HEAD") {
        return new Response("only GET\n", { status: 405, headers: { allow: "GET, HEAD" } });
      }
      const format = acceptedFormat(request.headers.get("accept"));
      const headers = { "content-type": CONTENT_TYPES[format], "cache-control": "no-store" };
      return new Response(request.method === "HEAD" ? null : exposeRun(run, format, histograms), { headers });
    },
  };
}

/** The whole text of a scrape. */
export function exposeRun(run: ExportedRun, format: ExpositionFormat, histograms: Histograms): string {
  return writeExposition([...runFamilies(run, histograms), ...locustFamilies(run)], format);
}
