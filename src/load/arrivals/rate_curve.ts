/**
 * The schedule of arrivals as a pure function of time, in both directions: how many there have been at a time, and at
 * what time a number of them is reached. Between two points the rate is a straight line, so the count is a parabola.
 */
import type { RateCurve } from "../../protocol/arrivals_message.ts";

/** Counts come from sums of fractions: an arrival that is due at the very end is not due before it. */
const ROUNDING = 1e-6;

interface Piece {
  readonly fromMs: number;
  readonly toMs: number;
  readonly fromRate: number;
  readonly toRate: number;
  readonly fromCount: number;
  readonly toCount: number;
}

/** Answers questions about one curve. */
export class CurveReader {
  readonly #pieces: readonly Piece[];
  readonly #start: { readonly ms: number; readonly count: number };

  constructor({ countBefore, points, endMs = Infinity }: RateCurve) {
    const pieces: Piece[] = [];
    let fromCount = countBefore;
    points.forEach(([fromMs, fromRate], i) => {
      const next = points[i + 1];
      const toMs = Math.min(next?.[0] ?? Infinity, endMs);
      if (!(toMs > fromMs)) return;
      const [nextMs, nextRate] = next ?? [Infinity, fromRate];
      const toRate = nextMs === Infinity
        ? fromRate
        : fromRate + (nextRate - fromRate) * (toMs - fromMs) / (nextMs - fromMs);
      const seconds = (toMs - fromMs) / 1000;
      const toCount = fromRate + toRate === 0 ? fromCount : fromCount + (fromRate + toRate) / 2 * seconds;
      pieces.push({ fromMs, toMs, fromRate, toRate, fromCount, toCount });
      fromCount = toCount;
    });
    this.#pieces = pieces;
    this.#start = { ms: points[0]?.[0] ?? 0, count: countBefore };
  }

  /** Arrivals whose time is before `ms`, as a number with a fraction. */
  countAt(ms: number): number {
    const piece = this.#pieceAt(ms);
    if (piece === undefined) return this.#pieces.at(-1)?.toCount ?? this.#start.count;
    if (ms <= piece.fromMs) return piece.fromCount;
    const seconds = (ms - piece.fromMs) / 1000;
    return piece.fromCount + (piece.fromRate + rateIn(piece, ms)) / 2 * seconds;
  }

  /** When that many arrivals are reached; Infinity: never. */
  timeOf(count: number): number {
    if (count < this.#start.count) return this.#start.ms;
    for (const piece of this.#pieces) {
      const missing = count - piece.fromCount;
      if (count >= piece.toCount - ROUNDING && piece.toMs !== Infinity) continue;
      if (missing <= 0) return piece.fromRate + piece.toRate > 0 ? piece.fromMs : Infinity;
      if (piece.toMs === Infinity) {
        return piece.fromRate === 0 ? Infinity : piece.fromMs + missing / piece.fromRate * 1000;
      }
      // The root of fromRate · x + bend · x² = missing, in the form that is exact also where bend is next to nothing.
      const bend = (piece.toRate - piece.fromRate) / (2 * (piece.toMs - piece.fromMs) / 1000);
      const root = Math.sqrt(Math.max(0, piece.fromRate ** 2 + 4 * bend * missing));
      return piece.fromMs + 2 * missing / (piece.fromRate + root) * 1000;
    }
    return Infinity;
  }

  /** Arrivals per second at a time. */
  rateAt(ms: number): number {
    const piece = this.#pieceAt(ms);
    return piece === undefined || ms < piece.fromMs ? 0 : rateIn(piece, ms);
  }

  #pieceAt(ms: number): Piece | undefined {
    return this.#pieces.find(({ toMs }) => ms < toMs);
  }
}

function rateIn({ fromMs, toMs, fromRate, toRate }: Piece, ms: number): number {
  return toMs === Infinity ? fromRate : fromRate + (toRate - fromRate) * (ms - fromMs) / (toMs - fromMs);
}
