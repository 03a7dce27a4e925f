/** `--prometheus-port`: serves the scrape of the run on a port of its own, from before its start until its outputs are closed. */
import { LocustError, UsageError } from "../../../base/errors.ts";
import { type HttpServer, serveHttp } from "../../../platform/http_serve.ts";
import type { Output, OutputContext } from "../../files/output.ts";
import { createMetricsEndpoint, METRICS_PATH } from "./metrics_endpoint.ts";
import type { Histograms } from "./histogram_samples.ts";

export interface PrometheusOptions {
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
  readonly histograms: Histograms;
}

/** @throws {UsageError} when the port cannot be opened */
export async function openPrometheus(
  { host, port, histograms }: PrometheusOptions,
  { log }: Pick<OutputContext, "log">,
): Promise<Output> {
  const { sink, respond } = createMetricsEndpoint(histograms);
  const server = await listen(host, port, (request) => {
    if (new URL(request.url).pathname === METRICS_PATH) return respond(request);
    return new Response(`the metrics are at ${METRICS_PATH}\n`, { status: 404 });
  });
  const shownHost = host.includes(":") ? `[${host}]` : host;
  log(`Serving metrics for Prometheus at http://${shownHost}:${server.port}${METRICS_PATH}`);
  return { sink, failed: false, close: () => server.close() };
}

async function listen(host: string, port: number, fetch: (request: Request) => Response): Promise<HttpServer> {
  try {
    return await serveHttp({ host, port, fetch, advice: "choose another with --prometheus-port" });
  } catch (error) {
    if (!(error instanceof LocustError)) throw error;
    throw new UsageError(error.message, { code: error.code, cause: error });
  }
}
