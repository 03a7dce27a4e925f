/** Rows of the option table: exports, which show a run to other programs while it is in progress. */
import { UsageError } from "../../../base/errors.ts";
import { parseHostPort } from "../../../link/address.ts";
import { sampleFormatOf } from "../../../report/sample_format.ts";
import { parseInfluxTarget } from "../../../report/exports/influx/influx_target.ts";
import type { OptionSpec, OptionValue } from "./option_spec.ts";

const EXPORTS = "Live exports";

/** StatsD's own port. */
const STATSD_PORT = 8125;

function describeBadAddress(value: OptionValue): string | undefined {
  try {
    parseHostPort(String(value), STATSD_PORT);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return 'it is not an address; write "127.0.0.1:8125"';
    throw error;
  }
}

/** What the list of exports reads (`outputs/export_list.ts`). */
export const EXPORT_OPTIONS = [
  {
    name: "samples",
    placeholders: true,
    type: "path",
    env: "LOCUST_SAMPLES",
    field: "samplesFile",
    placeholder: "FILE",
    validate: (value) =>
      sampleFormatOf(String(value)) === undefined
        ? 'its ending is not that of a format; write "samples.csv", "samples.ndjson", or one of them with ".gz"'
        : undefined,
    help:
      "Write one line per request to FILE: CSV or NDJSON by its ending (.csv, .ndjson), compressed with .gz behind it. If the " +
      "link or the disk is too slow, lines are dropped and counted.",
    group: "Statistics and files",
    modes: ["local", "master"],
    completes: "file",
  },
  {
    name: "prometheus-port",
    type: "integer",
    env: "LOCUST_PROMETHEUS_PORT",
    placeholder: "PORT",
    min: 0,
    max: 65_535,
    help: "Serve metrics for Prometheus on this port, at /metrics. 0: a free port; the log names it.",
    group: EXPORTS,
    modes: ["local", "master"],
  },
  {
    name: "prometheus-host",
    type: "text",
    env: "LOCUST_PROMETHEUS_HOST",
    placeholder: "HOST",
    default: "127.0.0.1",
    help: "Address of that port. 0.0.0.0 is every interface: then other machines can read the metrics.",
    group: EXPORTS,
    modes: ["local", "master"],
  },
  {
    name: "no-name-histograms",
    field: "nameHistograms",
    read: (isOff: boolean) => !isOff,
    type: "flag",
    env: "LOCUST_NO_NAME_HISTOGRAMS",
    help: "Export one histogram of all response times to Prometheus instead of one for each method and name.",
    group: EXPORTS,
    modes: ["local", "master"],
  },
  {
    name: "trace-share",
    type: "number",
    env: "LOCUST_TRACE_SHARE",
    placeholder: "SHARE",
    default: 0,
    min: 0,
    max: 1,
    help: "Share of the HTTP requests, from 0 to 1, that carry a sampled trace context (header traceparent): 0.01.",
    group: EXPORTS,
    modes: ["local", "master"],
  },
  {
    name: "statsd",
    type: "text",
    env: "LOCUST_STATSD",
    placeholder: "HOST:PORT",
    help: "Send figures to StatsD by UDP each second, with DogStatsD tags.",
    group: EXPORTS,
    modes: ["local", "master"],
    validate: describeBadAddress,
    read: (text: string) => parseHostPort(text, STATSD_PORT),
  },
  {
    name: "influx",
    type: "text",
    env: "LOCUST_INFLUX",
    placeholder: "URL",
    help: "Post figures to InfluxDB each second, in its line protocol: http://host:8086/?db=NAME, or " +
      "?org=NAME&bucket=NAME with --influx-token.",
    group: EXPORTS,
    modes: ["local", "master"],
    validate: (value: OptionValue) =>
      parseInfluxTarget(String(value)) === undefined
        ? 'it is not an http or https URL; write "http://host:8086/?db=NAME"'
        : undefined,
  },
  {
    name: "influx-token",
    type: "text",
    env: "LOCUST_INFLUX_TOKEN",
    placeholder: "TOKEN",
    secret: true,
    help: "Token for InfluxDB 2. Prefer LOCUST_INFLUX_TOKEN: other users of the machine can see the command line.",
    group: EXPORTS,
    modes: ["local", "master"],
  },
  {
    name: "otel",
    type: "flag",
    env: "LOCUST_ENABLE_OPENTELEMETRY",
    help:
      "Export metrics by OpenTelemetry (OTLP over HTTP), with the settings of the OTEL_ variables; on if they name " +
      "an endpoint.",
    group: EXPORTS,
    modes: ["local", "master"],
  },
  {
    name: "otlp-endpoint",
    type: "text",
    env: "LOCUST_OTLP_ENDPOINT",
    placeholder: "URL",
    help: "Like --otel, to this collector: http://host:4318. /v1/metrics is added.",
    group: EXPORTS,
    modes: ["local", "master"],
    validate: (value: OptionValue) =>
      /^https?:\/\//.test(String(value)) && URL.canParse(String(value))
        ? undefined
        : 'it is not an http or https URL; write "http://localhost:4318"',
  },
] as const satisfies readonly OptionSpec[];
