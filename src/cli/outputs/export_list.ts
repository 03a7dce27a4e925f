/**
 * Every export that an option asks for, one entry each: they show a run while it is in progress, so a journal's report
 * has none of them.
 */
import { parseInfluxTarget } from "../../report/exports/influx/influx_target.ts";
import { readOtelSettings } from "../../report/exports/otel/otel_settings.ts";
import type { FieldsOf } from "../options/reading/option_fields.ts";
import type { EXPORT_OPTIONS } from "../options/table/export_options.ts";
import type { OutputEntry } from "./output_list.ts";

/** The options that exports read. */
export type ExportOptions = FieldsOf<typeof EXPORT_OPTIONS>;

export const EXPORTS: readonly OutputEntry<ExportOptions>[] = [
  {
    option: "samples",
    async open({ samplesFile: path, traceShare }, context) {
      if (path === undefined) return undefined;
      const { openSamplesFile } = await import("../../report/samples_file.ts");
      return openSamplesFile({ path, traces: traceShare > 0 ? "some" : "none" }, context);
    },
    shown: "now",
  },
  {
    option: "prometheus-port",
    async open({ prometheusPort: port, prometheusHost: host, nameHistograms }, context) {
      if (port === undefined) return undefined;
      const { openPrometheus } = await import("../../report/exports/prometheus/prometheus_output.ts");
      return await openPrometheus({ host, port, histograms: nameHistograms ? "names" : "total" }, context);
    },
    shown: "now",
  },
  {
    option: "statsd",
    async open({ statsd }, context) {
      if (statsd === undefined) return undefined;
      const { openStatsd } = await import("../../report/exports/statsd/statsd_output.ts");
      return await openStatsd(statsd, context);
    },
    shown: "now",
  },
  {
    option: "otel",
    async open(options, context) {
      const settings = readOtelSettings(options, context.env);
      if (settings === undefined) return undefined;
      const { openOtel } = await import("../../report/exports/otel/otel_output.ts");
      return await openOtel(settings, context);
    },
    shown: "now",
  },
  {
    option: "influx",
    async open({ influx, influxToken }, context) {
      const target = influx === undefined ? undefined : parseInfluxTarget(influx, influxToken);
      if (target === undefined) return undefined;
      const { openInflux } = await import("../../report/exports/influx/influx_output.ts");
      return await openInflux(target, context);
    },
    shown: "now",
  },
];
