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

test("readOtelSettings() warns about a protocol that does not exist here", () => {
  const read = (protocol: string) => readOtelSettings({ otel: true }, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol })!;
  assert.equal(read("grpc").warnings.length, 1);
  assert.deepEqual(read("http/protobuf").warnings, []);
});
