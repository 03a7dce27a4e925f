/**
 * Compares two runs row by row: `locust-ts/compare/1`, the JSON of `locust-ts compare --format json`. Pure, and the
 * same for the same runs: the resamples come from a fixed seed.
 */
import { compareText } from "../../base/text/compare_text.ts";
import { MIN_SECONDS } from "../../stats/comparison/judge_change.ts";
import type { SummaryEntry, SummaryRun, SummaryUsers } from "../summary/summary.ts";
import { type CompareFigures, createCompareFigures } from "./compare_figures.ts";
import { compareMeasures, compareSplits, lacksSteadyMeasures } from "./compare_measures.ts";
import type { ComparedParts, ComparedRow } from "./compared_row.ts";
import type { ComparedRun } from "./compared_run.ts";
import { changeOf, type FailOn, findCompared, isCrossed } from "./fail_on.ts";
import { ROW_PLAN } from "./figure_plan.ts";
import { rowFigures } from "./row_figures.ts";
import { rowKey } from "./row_key.ts";

const COMPARE_SCHEMA = "locust-ts/compare/1";

export interface RunSide extends SummaryRun {
  /** Path as given. */
  readonly file: string;
  readonly source: "summary" | "journal";
  readonly users: SummaryUsers;
  /** Length of the compared part: the steady part, or the whole run where there is none. */
  readonly comparedSeconds: number;
}

export interface Comparison extends ComparedParts {
  readonly schema: typeof COMPARE_SCHEMA;
  readonly a: RunSide;
  readonly b: RunSide;
  readonly warnings: readonly string[];
  readonly failOn: readonly { readonly expression: string; readonly crossed: boolean }[];
  readonly exitCode: number;
}

/** A `--fail-on` is crossed: as a threshold that is not met. */
const EXIT_CROSSED = 3;

export function compareRuns(a: ComparedRun, b: ComparedRun, failOn: readonly FailOn[]): Comparison {
  const compare = createCompareFigures(a, b);
  const [splits, measures] = [compareSplits(a, b, compare), compareMeasures(a, b, compare)];
  const parts: ComparedParts = {
    rows: compareRows(a, b, compare),
    ...(splits.length === 0 ? {} : { splits }),
    ...(measures.length === 0 ? {} : { measures }),
  };
  const judged = failOn.map((each) => ({
    expression: each.expression,
    crossed: findCompared(each, parts).some((row) => {
      const change = changeOf(each, row);
      return change !== undefined && isCrossed(each, change);
    }),
  }));
  return {
    schema: COMPARE_SCHEMA,
    a: toSide(a),
    b: toSide(b),
    warnings: [...describeDifferences(a, b), ...describeLimits(a, b), ...describeUnjudged(failOn, parts)],
    ...parts,
    failOn: judged,
    exitCode: judged.some(({ crossed }) => crossed) ? EXIT_CROSSED : 0,
  };
}

function compareRows(a: ComparedRun, b: ComparedRun, compare: CompareFigures): ComparedRow[] {
  const toRow = (key: string, entryA: SummaryEntry | undefined, entryB: SummaryEntry | undefined): ComparedRow => {
    const { method, name } = (entryA ?? entryB) as SummaryEntry;
    return { method, name, figures: compare(ROW_PLAN, { main: key }, rowFigures(entryA), rowFigures(entryB)) };
  };
  const [rowsA, rowsB] = [rowsByKey(a), rowsByKey(b)];
  const all = [...new Map([...rowsA, ...rowsB])].sort(([, x], [, y]) =>
    compareText(x.name, y.name) || compareText(x.method, y.method)
  );
  return [
    toRow("", a.total, b.total),
    ...all.map(([key]) => toRow(key, rowsA.get(key), rowsB.get(key))),
  ];
}

function rowsByKey({ entries }: ComparedRun): Map<string, SummaryEntry> {
  return new Map(entries.map((entry) => [rowKey(entry.method, entry.name), entry]));
}

function toSide({ summary, file, source, comparedSeconds }: ComparedRun): RunSide {
  return { ...summary.run, file, source, users: summary.users, comparedSeconds };
}

function describeDifferences(a: ComparedRun, b: ComparedRun): string[] {
  const differ = (what: string, read: (run: ComparedRun) => unknown) => {
    const [ofA, ofB] = [read(a), read(b)].map((value) => value === null ? "none" : String(value));
    return ofA === ofB ? [] : [`The ${what} differ: A has ${ofA}, B has ${ofB}`];
  };
  return [
    ...differ("target users", ({ summary }) => summary.users.target),
    ...differ("hosts", ({ summary }) => summary.run.host),
    ...differ("locustfiles", ({ summary }) => summary.run.locustfile),
    ...([["A", a], ["B", b]] as const).flatMap(([name, { summary }]) => [
      ...(summary.verdict.kind === "invalid" ? [`Run ${name} is invalid: its numbers do not describe the target`] : []),
      ...(summary.run.endedAt === null ? [`Run ${name} is not finished: it is compared up to its last second`] : []),
    ]),
  ];
}

function describeLimits(a: ComparedRun, b: ComparedRun): string[] {
  const named = [["A", a], ["B", b]] as const;
  const short = named.filter(([, { comparedSeconds }]) => comparedSeconds < MIN_SECONDS);
  const summaries = named.filter(([, { source }]) => source === "summary").map(([name]) => name);
  const whole = named.filter(([, run]) => lacksSteadyMeasures(run)).map(([name]) => name);
  return [
    ...short.map(([name, { comparedSeconds }]) =>
      `Run ${name} is too short to tell: ${comparedSeconds} s are compared, an interval needs ${MIN_SECONDS} s`
    ),
    ...(summaries.length === 0 ? [] : [
      `Rows have no intervals, because summaries have the seconds of the total only (${
        summaries.join(" and ")
      }): compare the journals of the runs for intervals`,
    ]),
    ...(whole.length === 0 ? [] : [
      `Checks, transactions, metrics and tags of summaries are of the whole run, warm-up included (${
        whole.join(" and ")
      }): compare the journals of the runs for the steady part`,
    ]),
  ];
}

/** A check that can never fail must not look like one that was passed. */
function describeUnjudged(failOn: readonly FailOn[], parts: ComparedParts): string[] {
  return failOn.flatMap((each) => {
    const unjudged = findCompared(each, parts).filter((row) =>
      ["noInterval", "tooShort"].includes(changeOf(each, row)?.judgement ?? "noInterval")
    );
    return unjudged.length === 0
      ? []
      : [`--fail-on "${each.expression}" cannot be judged for ${unjudged.length} of its rows: they have no interval`];
  });
}
