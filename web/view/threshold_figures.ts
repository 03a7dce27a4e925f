/**
 * Figures of thresholds and of the steps of a capacity search, in the reader's locale: the same digits as in terminal
 * and files. Pure but for the locale.
 */
import { joinUnit, showFigure, showLimit, type ShownFigure } from "../../src/stats/thresholds/threshold_figure.ts";
import { formatDigits, NONE } from "./format.ts";

interface Judged {
  readonly measured: number | null;
  readonly limit: number;
  readonly unit: string;
}

/** With as many digits as it takes to stand on its side of the limit. */
export function formatThresholdFigure({ measured, unit, limit }: Judged): string {
  return measured === null ? NONE : write(showFigure(measured, unit, limit));
}

export function formatLimit({ limit, unit }: Pick<Judged, "limit" | "unit">): string {
  return write(showLimit(limit, unit));
}

function write(figure: ShownFigure): string {
  return joinUnit(formatDigits(figure.value, figure.digits), figure);
}
