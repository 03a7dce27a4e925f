/**
 * Judges conditions of an SLO by what was counted in the blocks of a window, with the error of the figure: near its
 * limit and with few samples a figure decides nothing. Pure.
 *
 * A share of samples (a percentile is one) is tested against the allowed share: its standard error is that of a
 * binomial at the limit, sqrt(p(1 - p) / n), or that of its blocks where it is larger. Requests of a queue are slow
 * together, so that n samples are worth less than n independent ones; the spread of the blocks knows (method of batch
 * means: A. M. Law, "Simulation Modeling and Analysis", 5th ed., §9.5.3). The error of a ratio of sums r = Σs / Σw over
 * B blocks is sqrt(B/(B - 1) · Σ(s - r·w)²) / Σw (W. G. Cochran, "Sampling Techniques", §2.11).
 */
import type { CapacityOutcome } from "../../protocol/capacity_message.ts";
import type { ThresholdCondition } from "../thresholds/threshold.ts";
import { allowedShare, type SloBlock } from "./slo_block.ts";

/** How far a figure is on the wrong side of its limit, and how well that is known. */
export interface SloEvidence {
  readonly excess: number;
  readonly error: number;
  /** The same with what the blocks remember of each other beyond the window: for windows that are judged together. */
  readonly lasting?: number;
  readonly weight: number;
}

/** Standard errors: beyond so many a figure is on its side but for one time in 44. */
export const CLEAR = 2;
/** A window that is looked at each second has many chances to be wrong: it ends early beyond so many. */
export const CLEAR_EARLY = 4;

/** One or two slow samples are nothing that holds for a load. */
const MIN_BEYOND = 3;
/** Of fewer blocks the spread is unknown. */
const MIN_BLOCKS = 3;
/** Fewer long ones say less of their spread than more short ones. */
const MIN_BATCHES = 5;

export function weighBlocks(condition: ThresholdCondition, blocks: readonly SloBlock[]): SloEvidence {
  const weight = blocks.reduce((sum, block) => sum + block.weight, 0);
  if (weight === 0) return { excess: 0, error: 0, weight: 0 };
  const sum = blocks.reduce((all, block) => all + block.sum, 0);
  const ratio = sum / weight;
  const share = allowedShare(condition);
  const limit = share ?? condition.limit;
  // What is counted of a percentile is on the wrong side, whatever its operator.
  const isUpper = ["percentile", "max"].includes(condition.statistic.kind) || condition.operator.startsWith("<");
  const spread = spreadOf(blocks, ratio, weight);
  const binomial = share === undefined ? 0 : Math.sqrt(share * (1 - share) / weight);
  const error = Math.max(spread, binomial);
  const lasting = Math.max(error, rememberedSpread(blocks, ratio, weight));
  return { excess: isUpper ? ratio - limit : limit - ratio, error, lasting, weight };
}

/** Several windows of one load as one. */
export function poolEvidence(parts: readonly SloEvidence[]): SloEvidence {
  const known = parts.filter(({ weight }) => weight > 0);
  const weight = known.reduce((sum, part) => sum + part.weight, 0);
  if (weight === 0) return { excess: 0, error: 0, weight: 0 };
  const excess = known.reduce((sum, part) => sum + part.excess * part.weight, 0) / weight;
  const error = Math.sqrt(known.reduce((sum, part) => sum + (part.error * part.weight) ** 2, 0)) / weight;
  return { excess, error, weight };
}

/**
 * `errors`: standard errors beyond which the side is clear. `share`: the allowed share, where the statistic is one of
 * samples.
 */
export function decideSide(
  { excess, error, weight }: SloEvidence,
  errors: number,
  share: number | undefined,
): CapacityOutcome {
  if (weight === 0) return "unclear";
  if (excess > errors * error) {
    const beyond = share === undefined ? Infinity : (excess + share) * weight;
    // A share of which nothing is allowed is broken by one sample.
    return beyond >= MIN_BEYOND - 1e-6 || share === 0 ? "broken" : "unclear";
  }
  if (share === 0) return excess > 0 ? "broken" : "within";
  return excess < -errors * error || (error === 0 && excess <= 0) ? "within" : "unclear";
}

/**
 * Of blocks that are an autoregression: each has the share ρ of what the one before was off, which multiplies the
 * variance of their sum by (1 + ρ)/(1 - ρ). Batches cannot see what lasts as long as their window. ρ is estimated too
 * low around a mean of its own, by (1 + 4ρ)/n (F. H. C. Marriott and J. A. Pope, Biometrika 41, 1954).
 */
function rememberedSpread(blocks: readonly SloBlock[], ratio: number, weight: number): number {
  const off = blocks.filter((block) => block.weight > 0).map((block) => block.sum - ratio * block.weight);
  const { length } = off;
  const squares = off.reduce((sum, each) => sum + each * each, 0);
  if (length < MIN_BLOCKS || squares === 0) return 0;
  const products = off.reduce((sum, each, i) => sum + each * (off[i - 1] ?? 0), 0);
  const seen = products / squares;
  const lasting = Math.min(LONGEST_MEMORY, Math.max(0, seen + (1 + 4 * seen) / length));
  return Math.sqrt(length / (length - 1) * squares * (1 + lasting) / (1 - lasting)) / weight;
}

/** Of a minute. */
const LONGEST_MEMORY = 0.97;

/** The largest over blocks of 1, 2, 4 … seconds: a queue remembers longer than a second. */
function spreadOf(blocks: readonly SloBlock[], ratio: number, weight: number): number {
  let largest = 0;
  let batches: readonly SloBlock[] = blocks.filter((block) => block.weight > 0);
  for (let least = MIN_BLOCKS; batches.length >= least; least = MIN_BATCHES) {
    const { length } = batches;
    const squares = batches.reduce((sum, block) => sum + (block.sum - ratio * block.weight) ** 2, 0);
    largest = Math.max(largest, Math.sqrt(length / (length - 1) * squares) / weight);
    batches = mergePairs(batches);
  }
  return largest;
}

function mergePairs(blocks: readonly SloBlock[]): readonly SloBlock[] {
  const pairs: SloBlock[] = [];
  for (let i = 0; i < blocks.length; i += 2) {
    const [a, b] = [blocks[i], blocks[i + 1]];
    pairs.push({ weight: (a?.weight ?? 0) + (b?.weight ?? 0), sum: (a?.sum ?? 0) + (b?.sum ?? 0) });
  }
  return pairs;
}
