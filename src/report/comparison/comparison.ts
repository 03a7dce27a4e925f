/**
 * Compares two runs row by row: `locust-ts/compare/1`, the JSON of `locust-ts compare --format json`. Pure, and the same for the same
 * runs: the resamples come from a fixed seed.
 */
import { createRandom } from "../../base/random.ts";
import { compareText } from "../../stats/compare_text.ts";
import { drawResamples, memoryFactor, widening } from "../../stats/comparison/block_bootstrap.ts";
import { judgeChange, MIN_SECONDS } from "../../stats/comparison/judge_change.ts";
import {
  type Figure,
  FIGURES,
  type FigureValues,
  memoryOf,
  resampleFigures,
} from "../../stats/comparison/row_series.ts";
import type { SummaryEntry, SummaryRun, SummaryUsers } from "../summary/summary.ts";
import type { ComparedRow } from "./compared_row.ts";
import type { ComparedRun, RunSeconds } from "./compared_run.ts";
import { rowKey } from "./row_key.ts";
import { changeOf, type FailOn, isCrossed, rowsOf } from "./fail_on.ts";

export const COMPARE_SCHEMA = "locust-ts/compare/1";

export interface RunSide extends SummaryRun {
  /** Path as given. */
  readonly file: string;
  readonly source: "summary" | "journal";
  readonly users: SummaryUsers;
  /** Length of the compared part: the steady part, or the whole run where there is none. */
  readonly comparedSeconds: number;
}

export interface Comparison {
  readonly schema: typeof COMPARE_SCHEMA;
  readonly a: RunSide;
  readonly b: RunSide;
  readonly warnings: readonly string[];
  /** The total first, then by name and method. */
  readonly rows: readonly ComparedRow[];
  readonly failOn: readonly { readonly expression: string; readonly crossed: boolean }[];
  readonly exitCode: number;
}

const SEED = 1989;
/** A `--fail-on` is crossed: as a threshold that is not met. */
const EXIT_CROSSED = 3;

export function compareRuns(a: ComparedRun, b: ComparedRun, failOn: readonly FailOn[]): Comparison {
  const rows = compareRows(a, b);
  const judged = failOn.map((each) => ({
    expression: each.expression,
    crossed: rowsOf(each, rows).some((row) => {
      const change = changeOf(each, row);
      return change !== undefined && isCrossed(each, change);
    }),
  }));
  return {
    schema: COMPARE_SCHEMA,
    a: toSide(a),
    b: toSide(b),
    warnings: [...describeDifferences(a, b), ...describeLimits(a, b), ...describeUnjudged(failOn, rows)],
    rows,
    failOn: judged,
    exitCode: judged.some(({ crossed }) => crossed) ? EXIT_CROSSED : 0,
  };
}

function compareRows(a: ComparedRun, b: ComparedRun): ComparedRow[] {
  const sides = [a, b].map((run, stream) => ({ run, draws: drawsOf(run, stream) }));
  const [sideA, sideB] = sides as [typeof sides[number], typeof sides[number]];
  const isShort = [a, b].some(({ comparedSeconds }) => comparedSeconds < MIN_SECONDS);
  const compare = (key: string, entryA: SummaryEntry | undefined, entryB: SummaryEntry | undefined): ComparedRow => {
    const { method, name } = (entryA ?? entryB) as SummaryEntry;
    const [valuesA, valuesB] = [figuresOf(entryA), figuresOf(entryB)];
    const resampledA = isShort ? undefined : sideA.draws(key);
    const resampledB = isShort ? undefined : sideB.draws(key);
    const figures = FIGURES.map((figure) =>
      judgeChange(
        figure,
        valuesA[figure],
        valuesB[figure],
        isShort ? "tooShort" : resampledA === undefined || resampledB === undefined ? "noInterval" : {
          a: resampledA.figures.map((each) => each[figure]),
          b: resampledB.figures.map((each) => each[figure]),
          widening: wideningOf(figure, resampledA, resampledB),
        },
      )
    );
    return { method, name, figures };
  };
  const [rowsA, rowsB] = [rowsByKey(a), rowsByKey(b)];
  const all = [...new Map([...rowsA, ...rowsB])].sort(([, x], [, y]) =>
    compareText(x.name, y.name) || compareText(x.method, y.method)
  );
  return [
    compare("", a.total, b.total),
    ...all.map(([key]) => compare(key, rowsA.get(key), rowsB.get(key))),
  ];
}

function wideningOf(figure: Figure, a: Draws, b: Draws): number {
  const spans = Math.min(a.spans, b.spans);
  return widening(spans) * memoryFactor(spans, (a.memory[figure] + b.memory[figure]) / 2);
}

interface Draws {
  readonly figures: readonly FigureValues[];
  /** How many there were to draw from. */
  readonly spans: number;
  readonly memory: Readonly<Record<Figure, number>>;
}

/** The resampled figures of a row; undefined where its seconds are not known. The key of the total is "". */
function drawsOf(run: ComparedRun, stream: number): (key: string) => Draws | undefined {
  const drawn = new Map<RunSeconds, Uint16Array[]>();
  return (key) => {
    const seconds = key === "" ? run.totalSeconds : run.rowSeconds;
    const cells = seconds?.cells.get(key);
    if (seconds === undefined || cells === undefined) return undefined;
    let resamples = drawn.get(seconds);
    if (resamples === undefined) {
      resamples = drawResamples(createRandom(SEED, stream), seconds.spanSeconds.length);
      drawn.set(seconds, resamples);
    }
    return {
      figures: resampleFigures(cells, seconds.spanSeconds, resamples),
      spans: seconds.spanSeconds.length,
      memory: memoryOf(cells, seconds.spanSeconds),
    };
  };
}

function rowsByKey({ entries }: ComparedRun): Map<string, SummaryEntry> {
  return new Map(entries.map((entry) => [rowKey(entry.method, entry.name), entry]));
}

function figuresOf(entry: SummaryEntry | undefined): FigureValues {
  return {
    rps: entry?.perSecond ?? null,
    failureRatio: entry?.failureRatio ?? null,
    mean: entry?.meanMs ?? null,
    p50: entry?.percentilesMs["50"] ?? null,
    p95: entry?.percentilesMs["95"] ?? null,
    p99: entry?.percentilesMs["99"] ?? null,
  };
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
  return [
    ...short.map(([name, { comparedSeconds }]) =>
      `Run ${name} is too short to tell: ${comparedSeconds} s are compared, an interval needs ${MIN_SECONDS} s`
    ),
    ...(summaries.length === 0 ? [] : [
      `Rows have no intervals, because summaries hold the seconds of the total only (${
        summaries.join(" and ")
      }): compare the journals of the runs for intervals`,
    ]),
  ];
}

/** A check that can never fail must not look like one that was passed. */
function describeUnjudged(failOn: readonly FailOn[], rows: readonly ComparedRow[]): string[] {
  return failOn.flatMap((each) => {
    const unjudged = rowsOf(each, rows).filter((row) =>
      ["noInterval", "tooShort"].includes(changeOf(each, row)?.judgement ?? "noInterval")
    );
    return unjudged.length === 0
      ? []
      : [`--fail-on "${each.expression}" cannot be judged for ${unjudged.length} of its rows: they have no interval`];
  });
}
