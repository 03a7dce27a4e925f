/**
 * The window of one step of a capacity search: what the conditions of the SLO counted in it, second by second, from
 * readings of the ledger. The owner feeds it a reading a second; it judges and changes nothing else.
 *
 * Bound: a block for each condition, row and second of one step.
 */
import type { CapacityFigure, CapacityOutcome, CapacityTail } from "../../protocol/capacity_message.ts";
import { countRange, rowKey, type RowReading } from "../thresholds/counted_range.ts";
import { evaluateStatistic, neededSamples } from "../thresholds/statistic.ts";
import { formatScope, matchesScope, type Threshold, type ThresholdCondition } from "../thresholds/threshold.ts";
import type { LedgerReading } from "../thresholds/ledger_reading.ts";
import { decideSide, type SloEvidence, weighBlocks } from "./judge_slo.ts";
import { allowedShare, countBlock, countTails, type SloBlock } from "./slo_block.ts";

export interface SloJudgement {
  readonly outcome: CapacityOutcome;
  readonly leaning: "within" | "broken";
  readonly figures: readonly CapacityFigure[];
  /** Something that the SLO is about was measured. */
  readonly hasSamples: boolean;
}

interface Judged extends SloEvidence {
  readonly outcome: CapacityOutcome;
  readonly measured: number | null;
  readonly tails?: readonly CapacityTail[];
  readonly row?: string;
  /** A row of `*` that has too few samples to say anything. */
  readonly isThin: boolean;
}

export class SloWindow {
  readonly #slo: readonly Threshold[];
  readonly #first: LedgerReading;
  #last: LedgerReading;
  /** By condition, then by row. */
  readonly #blocks = new Map<ThresholdCondition, Map<string, SloBlock[]>>();
  #seconds = 0;
  /** What the window counted so far, until the next second: to unpack histograms is most of the work of a search. */
  readonly #counted = new Map<Threshold, readonly CountedGroup[]>();

  /** `first`: at the begin of the window. */
  constructor(slo: readonly Threshold[], first: LedgerReading) {
    this.#slo = slo;
    this.#first = this.#last = first;
  }

  get seconds(): number {
    return this.#last.seconds - this.#first.seconds;
  }

  get first(): LedgerReading {
    return this.#first;
  }

  get last(): LedgerReading {
    return this.#last;
  }

  /** Blocks so far. */
  get length(): number {
    return this.#seconds;
  }

  take(reading: LedgerReading): void {
    for (const threshold of this.#slo) {
      for (const group of groupsOf(threshold, reading)) {
        const counted = countBetween(this.#last, reading, group.select);
        for (const condition of threshold.conditions) {
          this.#blocksOf(condition, group.key).push(countBlock(condition, counted));
        }
      }
    }
    this.#last = reading;
    this.#seconds++;
    this.#counted.clear();
  }

  /** `errors`: standard errors beyond which a condition is clear. */
  judge(errors: number): SloJudgement {
    const figures = this.#slo.flatMap((threshold) =>
      threshold.conditions.map((condition) => this.#judgeCondition(threshold, condition, errors))
    );
    const outcomes = figures.map(({ outcome }) => outcome);
    return {
      outcome: outcomes.includes("broken") ? "broken" : outcomes.includes("unclear") ? "unclear" : "within",
      leaning: figures.some(({ weight, excess }) => weight > 0 && excess > 0) ? "broken" : "within",
      figures,
      hasSamples: figures.some(({ weight, measured }) => weight > 0 && measured !== null),
    };
  }

  #judgeCondition(threshold: Threshold, condition: ThresholdCondition, errors: number): CapacityFigure {
    const judged = this.#countGroups(threshold).map(({ key, row, counted }): Judged => {
      const evidence = weighBlocks(condition, this.#blocksOf(condition, key));
      const measured = evaluateStatistic(condition.statistic, counted);
      const outcome = decideSide(evidence, errors, allowedShare(condition));
      const isThin = row !== undefined && outcome === "unclear" && evidence.weight < neededSamples(condition.statistic);
      const tails = countTails(condition, counted);
      return {
        ...evidence,
        outcome,
        measured,
        isThin,
        ...(tails === undefined ? {} : { tails }),
        ...(row === undefined ? {} : { row }),
      };
    });
    const rated = judged.filter(({ isThin }) => !isThin);
    const { isThin: _, ...worst } = findWorst(rated.length > 0 ? rated : judged) ?? NOTHING;
    const isOfAll = threshold.scope.kind === "total" && threshold.scope.split === undefined;
    const share = allowedShare(condition);
    const scope = isOfAll ? "" : `${formatScope(threshold.scope)}: `;
    return {
      condition: `${scope}${condition.text}`,
      statistic: condition.statisticName,
      limit: condition.limit,
      unit: condition.unit,
      needed: neededSamples(condition.statistic),
      ...(share === undefined ? {} : { share }),
      ...worst,
    };
  }

  #countGroups(threshold: Threshold): readonly CountedGroup[] {
    let groups = this.#counted.get(threshold);
    if (groups === undefined) {
      groups = groupsOf(threshold, this.#last).map((group) => ({
        ...group,
        counted: countBetween(this.#first, this.#last, group.select),
      }));
      this.#counted.set(threshold, groups);
    }
    return groups;
  }

  #blocksOf(condition: ThresholdCondition, key: string): SloBlock[] {
    let byRow = this.#blocks.get(condition);
    if (byRow === undefined) this.#blocks.set(condition, byRow = new Map());
    let blocks = byRow.get(key);
    if (blocks === undefined) byRow.set(key, blocks = []);
    return blocks;
  }
}

const NOTHING: Judged = { excess: 0, error: 0, weight: 0, outcome: "unclear", measured: null, isThin: false };

interface Group {
  readonly key: string;
  readonly select: (reading: LedgerReading) => readonly RowReading[];
  /** For people; absent where the scope is one group. */
  readonly row?: string;
}

interface CountedGroup extends Group {
  readonly counted: ReturnType<typeof countBetween>;
}

function groupsOf({ scope }: Threshold, reading: LedgerReading): readonly Group[] {
  if (scope.kind === "total" && scope.split === undefined) return [{ key: "", select: ({ total }) => [total] }];
  if (scope.kind === "rows" || scope.kind === "total") {
    return [{ key: "", select: ({ rows }) => rows.filter((row) => matchesScope(scope, row)) }];
  }
  return reading.rows.filter((row) => matchesScope(scope, row)).map((row) => {
    const key = rowKey(row);
    return {
      key,
      select: ({ rows }) => rows.filter((each) => rowKey(each) === key),
      row: `${row.method} ${row.name}`.trim(),
    };
  });
}

function countBetween(before: LedgerReading, now: LedgerReading, select: Group["select"]) {
  return countRange({
    now: select(now),
    before: select(before),
    seconds: now.seconds - before.seconds,
    users: now.users,
    arrivals: {
      asked: now.arrivals.asked - before.arrivals.asked,
      dropped: now.arrivals.dropped - before.arrivals.dropped,
    },
  });
}

/** A broken one first, then an unclear one, and among equals the one that is farthest off by its own error. */
function findWorst(judged: readonly Judged[]): Judged | undefined {
  const rank = { broken: 0, unclear: 1, within: 2 };
  const far = ({ excess, error, weight }: SloEvidence) => weight === 0 ? -Infinity : excess / Math.max(error, 1e-12);
  return judged.reduce<Judged | undefined>((worst, each) => {
    if (worst === undefined || rank[each.outcome] < rank[worst.outcome]) return each;
    return rank[each.outcome] === rank[worst.outcome] && far(each) > far(worst) ? each : worst;
  }, undefined);
}
