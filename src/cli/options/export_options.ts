/** Rows of the option table: exports, which show a run to other programs while it is in progress. */
import type { OptionSpec } from "./option_spec.ts";

const EXPORTS = "Live exports";

/** What the list of exports reads (`outputs/export_list.ts`). */
export const EXPORT_OPTIONS = [
  {
    name: "prometheus-port",
    type: "integer",
    env: "LOCUST_PROMETHEUS_PORT",
    placeholder: "PORT",
    min: 0,
    max: 65_535,
    help: "Serve metrics for Prometheus on this port, at /metrics. 0: a port that is free; the log names it.",
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
] as const satisfies readonly OptionSpec[];
