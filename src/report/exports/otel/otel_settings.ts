/**
 * Decides from options and `OTEL_…` variables whether metrics are exported by OpenTelemetry, where to and how often.
 * What is not here (headers, certificates, the resource) the SDK reads from the variables itself. Pure.
 */

import { UsageError } from "../../../base/errors.ts";
import { maskUrlSecrets } from "../../../base/secrets.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface OtelSettings {
  /** Where metrics are posted. */
  readonly url: string;
  /** The same without user and password. */
  readonly shown: string;
  readonly intervalMs: number;
  /** What is asked for and does not exist here. */
  readonly warnings: readonly string[];
}

/** Where a collector on the same machine listens. */
const DEFAULT_ENDPOINT = "http://localhost:4318";

/** OpenTelemetry's own default of a minute is longer than many runs. */
const DEFAULT_INTERVAL_MS = 10_000;
const MIN_INTERVAL_MS = 1_000; // figures change once a second
const INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL";

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
const METRICS_ENDPOINT = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

/**
 * Undefined: nothing asks for it, or it is turned off.
 * @throws {UsageError} when a variable names an endpoint that is no URL
 */
export function readOtelSettings(
  options: { readonly otel: boolean; readonly otlpEndpoint?: string },
  env: Environment,
): OtelSettings | undefined {
  const { otel, otlpEndpoint } = options;
  const ofEnv = env[METRICS_ENDPOINT]?.trim() || undefined;
  const baseOfEnv = env[ENDPOINT]?.trim() || undefined;
  const isAsked = otel || otlpEndpoint !== undefined || ofEnv !== undefined || baseOfEnv !== undefined;
  const isOff = env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || env["OTEL_METRICS_EXPORTER"] === "none";
  if (!isAsked || isOff) return undefined;
  const target = otlpEndpoint === undefined && ofEnv !== undefined // a signal's own variable is the whole URL
    ? readUrl(METRICS_ENDPOINT, ofEnv).href
    : withMetricsPath(
      otlpEndpoint === undefined && baseOfEnv !== undefined
        ? readUrl(ENDPOINT, baseOfEnv)
        : new URL(otlpEndpoint ?? DEFAULT_ENDPOINT),
    );
  return {
    url: target,
    shown: showUrl(target),
    intervalMs: readIntervalMs(env),
    warnings: listWarnings(env),
  };
}

function readUrl(variable: string, text: string): URL {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text);
  throw new UsageError(
    `Cannot use ${variable} "${maskUrlSecrets(text)}": it is not an http or https URL; write "${DEFAULT_ENDPOINT}"`,
  );
}

/** The endpoint of a collector is a base, unless it names the path. */
function withMetricsPath(endpoint: URL): string {
  if (!/\/v1\/metrics\/?$/.test(endpoint.pathname)) {
    endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, "")}/v1/metrics`;
  }
  return endpoint.href;
}

function showUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`;
}

function readIntervalMs(env: Environment): number {
  const interval = Number(env[INTERVAL]);
  return interval > 0 && interval < Infinity ? Math.max(interval, MIN_INTERVAL_MS) : DEFAULT_INTERVAL_MS;
}

/**
 * What the variables ask for and this exporter does otherwise: else somebody looks for figures of another form, or in
 * another place.
 */
function listWarnings(env: Environment): readonly string[] {
  const first = (...names: string[]) => names.map((name) => ({ name, value: env[name]?.trim() ?? "" })).find(isSet);
  const protocol = first("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
  const exporters = (env["OTEL_METRICS_EXPORTER"] ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  const others = exporters.filter((name) => name !== "otlp");
  const temporality = first("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE");
  const aggregation = first("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION");
  const compression = first("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION");
  const interval = first(INTERVAL);
  const wrong = (isWrong: boolean | undefined, text: string) => isWrong === true ? [text] : [];
  return [
    ...wrong(
      protocol && protocol.value !== "http/protobuf",
      `OpenTelemetry metrics are sent as http/protobuf, not as ${protocol?.value}, which ${protocol?.name} asks for`,
    ),
    ...wrong(
      others.length > 0,
      `OpenTelemetry metrics are sent by OTLP, not by ${others.join(", ")}, which OTEL_METRICS_EXPORTER asks for`,
    ),
    ...wrong(
      temporality && temporality.value.toLowerCase() !== "cumulative",
      `OpenTelemetry metrics are cumulative, not ${temporality?.value}, which ${temporality?.name} asks for`,
    ),
    ...wrong(
      aggregation && aggregation.value.toLowerCase() !== "explicit_bucket_histogram",
      `OpenTelemetry histograms have explicit buckets, and are no ${aggregation?.value}, which ${aggregation?.name} asks for`,
    ),
    ...wrong(
      compression && !["gzip", "none"].includes(compression.value),
      `OpenTelemetry metrics are sent without compression: ${compression?.name} is "${compression?.value}", not gzip or none`,
    ),
    ...wrong(
      interval && !(Number(interval.value) >= MIN_INTERVAL_MS),
      `OpenTelemetry metrics are sent each ${
        readIntervalMs(env) / 1000
      } s: ${INTERVAL} is "${interval?.value}", not 1000 or more`,
    ),
  ];
}

function isSet({ value }: { readonly value: string }): boolean {
  return value !== "";
}
