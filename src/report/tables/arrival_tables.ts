/** The arrivals of an open load, in the live view and at the end. Pure. */
import type { ArrivalsSnapshot, ClassArrivals, SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { LATE_AFTER_MS } from "../../protocol/arrivals_message.ts";
import { paint } from "./colors.ts";
import { formatRate } from "./format_figures.ts";
import { wrapText } from "../../base/text/display_width.ts";
import { type Column, layOutTable, type TableOptions } from "./text_table.ts";

interface ArrivalRow {
  readonly name: string;
  readonly count: number;
  /** Of the planned ones; undefined where that says nothing. */
  readonly share?: number;
}

const COLUMNS: readonly Column<ArrivalRow>[] = [
  { title: "Arrivals", align: "left", text: ({ name }) => name },
  { title: "Count", align: "right", text: ({ count }) => String(count) },
  { title: "Share", align: "right", text: ({ share }) => share === undefined ? "" : `${(share * 100).toFixed(2)}%` },
];

export function renderArrivals({ arrivals }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  if (arrivals === undefined) return [];
  const { planned, asked, started, dropped, waiting, late } = arrivals;
  const all = Math.max(planned, asked);
  const row = (name: string, count: number) => ({ name, count, ...(all === 0 ? {} : { share: count / all }) });
  const list: readonly ArrivalRow[] = [
    { name: "Asked", count: all },
    row("Started", started),
    row("Dropped arrivals", dropped),
    row("Never started", waiting),
    ...(all > asked ? [row("Lost", all - asked)] : []),
    row("Late", late),
  ];
  const { header, rule, rows } = layOutTable(COLUMNS, list, width);
  const isBad = ({ name, count }: ArrivalRow) => count > 0 && /^(Dropped|Never|Lost)/.test(name);
  return [
    ...wrapText(`Arrivals (late: started more than ${LATE_AFTER_MS} ms after their time)`, width),
    paint(header, "bold", colors),
    rule,
    ...list.map((each, i) => isBad(each) ? paint(rows[i] ?? "", "red", colors) : rows[i] ?? ""),
    "",
  ];
}

const CLASS_COLUMNS: readonly Column<ClassArrivals>[] = [
  { title: "Class", align: "left", text: ({ name }) => name },
  { title: "Starts by", align: "left", text: ({ kind }) => kind === "target" ? "target rate" : "arrivals" },
  { title: "Asked", align: "right", text: ({ asked }) => String(asked) },
  { title: "Started", align: "right", text: ({ started }) => String(started) },
  { title: "Dropped", align: "right", text: ({ dropped }) => String(dropped) },
  { title: "Waiting", align: "right", text: ({ waiting }) => String(waiting) },
  { title: "Late", align: "right", text: ({ late }) => String(late) },
];

/** The classes whose tasks start by a schedule, unless one of them has all the arrivals. */
function listScheduledClasses({ classArrivals = [] }: SnapshotMessage): readonly ClassArrivals[] {
  return classArrivals.length > 1 || classArrivals.some(({ kind }) => kind === "target") ? classArrivals : [];
}

export function renderScheduledClasses(snapshot: SnapshotMessage, { width, colors }: TableOptions): string[] {
  const list = listScheduledClasses(snapshot);
  if (list.length === 0) return [];
  const { header, rule, rows } = layOutTable(CLASS_COLUMNS, list, width);
  const hasTarget = list.some(({ kind }) => kind === "target");
  return [
    ...wrapText(
      `Starts by class${hasTarget ? " (dropped of a target rate: no user was ready within a second)" : ""}`,
      width,
    ),
    paint(header, "bold", colors),
    rule,
    ...list.map(({ dropped, waiting }, i) =>
      dropped + waiting > 0 ? paint(rows[i] ?? "", "red", colors) : rows[i] ?? ""
    ),
    "",
  ];
}

/** `500/s asked, 480/s started, 20/s dropped, 12 waiting`: what is 0 is left out. */
export function describeArrivals(arrivals: ArrivalsSnapshot): string {
  const { askedPerSecond, startedPerSecond, droppedPerSecond, waiting } = arrivals;
  return [
    `${formatRate(askedPerSecond)}/s asked`,
    `${formatRate(startedPerSecond)}/s started`,
    ...(droppedPerSecond > 0 ? [`${formatRate(droppedPerSecond)}/s dropped`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
  ].join(", ");
}

/** `Reader 34.00 of 50.00/s`, for each class with a target rate; of many, all together. */
export function describeTargetRates({ classArrivals = [] }: Pick<SnapshotMessage, "classArrivals">): string[] {
  const targets = classArrivals.filter(({ kind }) => kind === "target");
  const of = (name: string, list: readonly ClassArrivals[]) => {
    const sum = (read: (each: ClassArrivals) => number) => list.reduce((total, each) => total + read(each), 0);
    return `${name} ${formatRate(sum((each) => each.startedPerSecond))} of ${
      formatRate(sum((each) => each.plannedPerSecond))
    }/s`;
  };
  if (targets.every(({ plannedPerSecond }) => plannedPerSecond === 0)) return []; // the load has ended
  return targets.length > 2 ? [of("target rates", targets)] : targets.map((each) => of(each.name, [each]));
}
