/**
 * Decides from options and `OTEL_…` variables whether metrics are exported by OpenTelemetry, where to and how often. What is not here
 * (headers, certificates, the resource) the SDK reads from the variables itself. Pure.
 */

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

/** Undefined: nothing asks for it, or it is turned off. */
export function readOtelSettings(
  options: { readonly otel: boolean; readonly otlpEndpoint?: string },
  env: Environment,
): OtelSettings | undefined {
  const { otel, otlpEndpoint } = options;
  const ofEnv = env["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] || undefined;
  const baseOfEnv = env["OTEL_EXPORTER_OTLP_ENDPOINT"] || undefined;
  const isAsked = otel || otlpEndpoint !== undefined || ofEnv !== undefined || baseOfEnv !== undefined;
  const isOff = env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || env["OTEL_METRICS_EXPORTER"] === "none";
  if (!isAsked || isOff) return undefined;
  const target = otlpEndpoint === undefined && ofEnv !== undefined // a signal's own variable is the whole URL
    ? ofEnv
    : withMetricsPath(otlpEndpoint ?? baseOfEnv ?? DEFAULT_ENDPOINT);
  const interval = Number(env["OTEL_METRIC_EXPORT_INTERVAL"]);
  return {
    url: target,
    shown: showUrl(target),
    intervalMs: interval > 0 ? Math.max(interval, MIN_INTERVAL_MS) : DEFAULT_INTERVAL_MS,
    warnings: listWarnings(env),
  };
}

/** The endpoint of a collector is a base, unless it names the path. */
function withMetricsPath(endpoint: string): string {
  return /\/v1\/metrics\/?$/.test(endpoint) ? endpoint : `${endpoint.replace(/\/+$/, "")}/v1/metrics`;
}

function showUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`;
}

function listWarnings(env: Environment): readonly string[] {
  const protocol = env["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] || env["OTEL_EXPORTER_OTLP_PROTOCOL"];
  if (protocol === undefined || protocol === "" || protocol.startsWith("http/protobuf")) return [];
  return [`OpenTelemetry metrics are sent as http/protobuf, not as ${protocol}, which the environment asks for`];
}
