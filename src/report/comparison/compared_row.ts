/** A row of a comparison: its figures in both runs, and their changes. */
import type { FigureChange } from "../../stats/comparison/judge_change.ts";

export interface ComparedRow {
  readonly method: string;
  readonly name: string;
  readonly figures: readonly FigureChange[];
}
