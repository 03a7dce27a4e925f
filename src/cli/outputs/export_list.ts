/**
 * Every export that an option asks for, one entry each: they show a run while it is in progress, so a journal's report has none of
 * them.
 */
import { openInflux } from "../../report/exports/influx/influx_output.ts";
import { parseInfluxTarget } from "../../report/exports/influx/influx_target.ts";
import { openOtel } from "../../report/exports/otel/otel_output.ts";
import { readOtelSettings } from "../../report/exports/otel/otel_settings.ts";
import { openPrometheus } from "../../report/exports/prometheus/prometheus_output.ts";
import { openStatsd } from "../../report/exports/statsd/statsd_output.ts";
import { openSamplesFile } from "../../report/samples_file.ts";
import type { FieldsOf } from "../options/option_fields.ts";
import type { EXPORT_OPTIONS } from "../options/export_options.ts";
import type { OutputEntry } from "./output_list.ts";

/** The options that exports read. */
export type ExportOptions = FieldsOf<typeof EXPORT_OPTIONS>;

export const EXPORTS: readonly OutputEntry<ExportOptions>[] = [
  {
    option: "samples",
    open: ({ samplesFile: path, traceShare }, context) =>
      path === undefined ? undefined : openSamplesFile({ path, traces: traceShare > 0 ? "some" : "none" }, context),
    shown: "now",
  },
  {
    option: "prometheus-port",
    open: ({ prometheusPort: port, prometheusHost: host, nameHistograms }, context) =>
      port === undefined
        ? undefined
        : openPrometheus({ host, port, histograms: nameHistograms ? "names" : "total" }, context),
    shown: "now",
  },
  {
    option: "statsd",
    open: ({ statsd }, context) => statsd === undefined ? undefined : openStatsd(statsd, context),
    shown: "now",
  },
  {
    option: "otel",
    open(options, context) {
      const settings = readOtelSettings(options, context.env);
      return settings === undefined ? undefined : openOtel(settings, context);
    },
    shown: "now",
  },
  {
    option: "influx",
    open({ influx, influxToken }, context) {
      const target = influx === undefined ? undefined : parseInfluxTarget(influx, influxToken);
      return target === undefined ? undefined : openInflux(target, context);
    },
    shown: "now",
  },
];
