/** The SDK's exporter over OTLP/HTTP with protobuf, and the resource that the metrics are of. */
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { type AnswerWatch, watchAnswers } from "./answer_watch.ts";
import type { ExportedRun } from "../exported_run.ts";
import { toResourceMetrics } from "./otel_metrics.ts";

export interface OtlpExporter {
  /** Rejects when the receiver refuses or does not answer. */
  send(run: ExportedRun): Promise<void>;
  shutdown(): Promise<void>;
}

const DEFAULT_SERVICE = "locust-ts";

/** Headers, certificates, compression, service name and resource attributes are those of the `OTEL_…` variables. */
export function createOtlpExporter(
  { url, timeoutMs }: { readonly url: string; readonly timeoutMs: number },
): OtlpExporter {
  const exporter = new OTLPMetricExporter({ url, timeoutMillis: timeoutMs });
  const answers = watchAnswers(url);
  const ofEnvironment = detectResources({ detectors: [envDetector] });
  return {
    send(run) {
      const { locustfile = "", version = "", profile, runId = "" } = run.started ?? {};
      const resource = defaultResource().merge(resourceFromAttributes({
        "service.name": DEFAULT_SERVICE,
        "service.version": version,
        "service.instance.id": runId,
        filename: locustfile,
        ...(profile === undefined ? {} : { profile }),
      })).merge(ofEnvironment);
      const metrics = toResourceMetrics(run, resource);
      if (metrics === undefined) return Promise.resolve();
      answers.forget();
      return new Promise((resolve, reject) => {
        exporter.export(metrics, ({ code, error }) => code === 0 ? resolve() : reject(explain(error, answers)));
      });
    },
    shutdown: () => {
      answers[Symbol.dispose]();
      return exporter.shutdown();
    },
  };
}

/** The SDK's error, which has the phrase of a status at most, with the status. */
function explain(error: Error | undefined, answers: AnswerWatch): Error {
  const status = answers.last;
  return status === undefined ? error ?? new Error("refused") : new Error(`it answered ${status}`, { cause: error });
}
