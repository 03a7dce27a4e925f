/**
 * Judges the figures of one series, a row or a measure, between two runs. Pure, and the same for the same runs: the
 * resamples come from a fixed seed, and all series of a run share them.
 */
import { createRandom } from "../../base/random.ts";
import { drawResamples, memoryFactor, widening } from "../../stats/comparison/block_bootstrap.ts";
import {
  type ComparedFigure,
  type FigureChange,
  judgeChange,
  MIN_SECONDS,
} from "../../stats/comparison/judge_change.ts";
import { type FigureValues, memoryOf, resampleFigures, type SeriesFigure } from "../../stats/comparison/row_series.ts";
import type { ComparedRun, RunSeconds } from "./compared_run.ts";
import type { FigurePlan } from "./figure_plan.ts";

const SEED = 1989;

/** The keys of the seconds of a series. */
export interface SeriesKeys {
  /** "": the total. */
  readonly main: string;
  readonly busy?: string;
}

/** A figure that is missing is null. */
export type PlannedValues = Readonly<Partial<Record<ComparedFigure, number | null>>>;

export type CompareFigures = (
  plan: readonly FigurePlan[],
  keys: SeriesKeys,
  a: PlannedValues,
  b: PlannedValues,
) => readonly FigureChange[];

export function createCompareFigures(a: ComparedRun, b: ComparedRun): CompareFigures {
  const [drawsA, drawsB] = [drawsOf(a, 0), drawsOf(b, 1)];
  const isShort = [a, b].some(({ comparedSeconds }) => comparedSeconds < MIN_SECONDS);
  return (plan, keys, valuesA, valuesB) => {
    const draw = (key: string | undefined): readonly [Draws, Draws] | undefined => {
      if (isShort || key === undefined) return undefined;
      const [ofA, ofB] = [drawsA(key), drawsB(key)];
      return ofA === undefined || ofB === undefined ? undefined : [ofA, ofB];
    };
    const [main, busy] = [draw(keys.main), draw(keys.busy)];
    return plan.map(({ figure, from, isBusy, convert = (value) => value, better }) => {
      const draws = isBusy === true ? busy : main;
      const read = ({ figures }: Draws, of: SeriesFigure) =>
        figures.map((each) => each[of] === null ? null : convert(each[of]));
      return judgeChange(
        figure,
        valuesA[figure] ?? null,
        valuesB[figure] ?? null,
        isShort
          ? "tooShort"
          : draws === undefined || from === undefined
          ? "noInterval"
          : { a: read(draws[0], from), b: read(draws[1], from), widening: wideningOf(from, ...draws) },
        better,
      );
    });
  };
}

/** The figures of a series over the whole compared part, from its seconds. */
export function figuresOfSeconds(
  plan: readonly FigurePlan[],
  keys: SeriesKeys,
  { cells, spanSeconds }: RunSeconds,
): PlannedValues {
  const whole = [new Uint16Array(spanSeconds.length).fill(1)];
  const read = (key: string | undefined): FigureValues | undefined => {
    const found = key === undefined ? undefined : cells.get(key);
    return found === undefined ? undefined : resampleFigures(found, spanSeconds, whole)[0];
  };
  const [main, busy] = [read(keys.main), read(keys.busy)];
  return Object.fromEntries(plan.map(({ figure, from, isBusy, convert = (value) => value }) => {
    const value = from === undefined ? undefined : (isBusy === true ? busy : main)?.[from];
    return [figure, value === undefined || value === null ? null : convert(value)];
  }));
}

interface Draws {
  readonly figures: readonly FigureValues[];
  /** How many there were to draw from. */
  readonly spans: number;
  readonly memory: Readonly<Record<SeriesFigure, number>>;
}

function wideningOf(figure: SeriesFigure, a: Draws, b: Draws): number {
  const spans = Math.min(a.spans, b.spans);
  return widening(spans) * memoryFactor(spans, (a.memory[figure] + b.memory[figure]) / 2);
}

/** The resampled figures of a series; undefined where its seconds are not known. */
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
