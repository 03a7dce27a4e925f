import assert from "node:assert/strict";
import { test } from "node:test";
import { type Environment, readOtelSettings } from "../../../../src/report/exports/otel/otel_settings.ts";

type Options = Parameters<typeof readOtelSettings>[0];

const CASES: readonly (readonly [says: string, options: Options, env: Environment, url: string | undefined])[] = [
  ["nothing asks for it", { otel: false }, {}, undefined],
  ["an interval alone", { otel: false }, { OTEL_METRIC_EXPORT_INTERVAL: "1000" }, undefined],
  ["--otel", { otel: true }, {}, "http://localhost:4318/v1/metrics"],
  ["an endpoint", { otel: false, otlpEndpoint: "http://h:1/" }, {}, "http://h:1/v1/metrics"],
  ["an endpoint with its path", { otel: false, otlpEndpoint: "http://h:1/v1/metrics" }, {}, "http://h:1/v1/metrics"],
  ["the variable", { otel: false }, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:2" }, "http://h:2/v1/metrics"],
  [
    "a base with a path and a query",
    { otel: false, otlpEndpoint: "http://h:1/in/?key=a" },
    {},
    "http://h:1/in/v1/metrics?key=a",
  ],
  ["the variable of metrics", { otel: false }, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://h:3/x" }, "http://h:3/x"],
  [
    "the option before the variables",
    { otel: true, otlpEndpoint: "http://h:1" },
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://h:3", OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:2" },
    "http://h:1/v1/metrics",
  ],
  ["a disabled SDK", { otel: true }, { OTEL_SDK_DISABLED: "TRUE" }, undefined],
  ["no metrics", { otel: true }, { OTEL_METRICS_EXPORTER: "none" }, undefined],
  ["empty variables", { otel: false }, { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, undefined],
];

for (const [says, options, env, url] of CASES) {
  test(`readOtelSettings() with ${says}: ${url ?? "off"}`, () => {
    assert.equal(readOtelSettings(options, env)?.url, url);
  });
}

test("readOtelSettings() takes the interval, at least a second, and shows no password", () => {
  const read = (env: Environment) => readOtelSettings({ otel: true, otlpEndpoint: "http://ada:pw@h:1" }, env)!;
  assert.equal(read({}).intervalMs, 10_000);
  assert.equal(read({ OTEL_METRIC_EXPORT_INTERVAL: "2500" }).intervalMs, 2_500);
  assert.equal(read({ OTEL_METRIC_EXPORT_INTERVAL: "1" }).intervalMs, 1_000);
  assert.equal(read({ OTEL_METRIC_EXPORT_INTERVAL: "soon" }).intervalMs, 10_000);
  assert.equal(read({}).shown, "http://h:1/v1/metrics");
});

test("readOtelSettings() refuses an endpoint that is no URL, without its password", () => {
  const read = (env: Environment, otlpEndpoint?: string) =>
    readOtelSettings({ otel: true, ...(otlpEndpoint === undefined ? {} : { otlpEndpoint }) }, env);
  assert.throws(() => read({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }), {
    message: 'Cannot use OTEL_EXPORTER_OTLP_ENDPOINT "collector:4318": it is not an http or https URL; ' +
      'write "http://localhost:4318"',
  });
  assert.throws(
    () => read({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "grpc://ada:s3cret@h:4317" }),
    ({ message }: Error) => /METRICS_ENDPOINT "grpc:/.test(message) && !message.includes("s3cret"),
  );
  assert.doesNotThrow(() => read({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, "http://h:1"));
});

const WARNINGS: readonly (readonly [env: Environment, warning: RegExp | undefined])[] = [
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /as http\/protobuf, not as grpc, which OTEL_EXPORTER_OTLP_PROTOCOL asks/],
  [
    { OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/json" },
    /not as http\/json, which OTEL_EXPORTER_OTLP_METRICS_PROTOCOL/,
  ],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/protobuf" }, undefined],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "" }, undefined],
  [{ OTEL_METRICS_EXPORTER: "otlp" }, undefined],
  [{ OTEL_METRICS_EXPORTER: "otlp, prometheus" }, /sent by OTLP, not by prometheus, which OTEL_METRICS_EXPORTER asks/],
  [{ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "Cumulative" }, undefined],
  [{ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta" }, /are cumulative, not delta/],
  [{ OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "explicit_bucket_histogram" }, undefined],
  [
    { OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "base2_exponential_bucket_histogram" },
    /have explicit buckets, and are no base2_exponential_bucket_histogram/,
  ],
  [{ OTEL_EXPORTER_OTLP_COMPRESSION: "gzip" }, undefined],
  [
    { OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: "zstd" },
    /without compression: OTEL_EXPORTER_OTLP_METRICS_COMPRESSION is/,
  ],
  [{ OTEL_METRIC_EXPORT_INTERVAL: "2500" }, undefined],
  [{ OTEL_METRIC_EXPORT_INTERVAL: "250" }, /each 1 s: OTEL_METRIC_EXPORT_INTERVAL is "250", not 1000 or more/],
  [{ OTEL_METRIC_EXPORT_INTERVAL: "10s" }, /each 10 s: OTEL_METRIC_EXPORT_INTERVAL is "10s", not 1000 or more/],
];

for (const [env, warning] of WARNINGS) {
  test(`readOtelSettings() ${warning === undefined ? "does not warn" : "warns"} about ${JSON.stringify(env)}`, () => {
    const { warnings } = readOtelSettings({ otel: true }, env)!;
    assert.equal(warnings.length, warning === undefined ? 0 : 1, warnings.join("\n"));
    if (warning !== undefined) assert.match(warnings[0]!, warning);
  });
}
