/** The metrics of arrivals and of task starts by a target rate, one sample for each class. Pure. */
import type { ClassArrivals } from "../../../protocol/snapshot_message.ts";
import { countedArrivals, type ExportedRun } from "../exported_run.ts";
import { formatLabels, type MetricFamily } from "./metric_family.ts";

const COUNTERS: readonly (readonly [name: "asked" | "started" | "dropped" | "late", help: string])[] = [
  ["asked", "Arrivals, or task starts of a target rate, whose time has come."],
  ["started", "Of those asked for: begun by a user."],
  ["dropped", "Of those asked for: no user was free."],
  ["late", "Of those started: more than 10 ms after their time."],
];

/** None where no class has an arrival rate or a target rate. */
export function arrivalFamilies(run: ExportedRun): readonly MetricFamily[] {
  const classes = countedArrivals(run);
  if (classes.length === 0) return [];
  const samples = (suffix: "" | "_total", read: (each: ClassArrivals) => number) =>
    classes.map((each) => ({
      suffix,
      labels: formatLabels({ user_class: each.name, kind: each.kind }),
      value: read(each),
    }));
  return [
    ...COUNTERS.map(([name, help]): MetricFamily => ({
      name: `locust_ts_arrivals_${name}`,
      type: "counter",
      help,
      samples: samples("_total", (each) => each[name]),
    })),
    {
      name: "locust_ts_arrivals_waiting",
      type: "gauge",
      help: "Arrivals that wait for a user.",
      samples: samples("", ({ waiting }) => waiting),
    },
    {
      name: "locust_ts_arrivals_planned_per_second",
      type: "gauge",
      help: "The rate that is asked for now.",
      samples: samples("", ({ plannedPerSecond }) => plannedPerSecond),
    },
  ];
}
