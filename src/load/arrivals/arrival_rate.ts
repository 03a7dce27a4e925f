/**
 * Arrival rates as people write them: `50/s`, `10/m`, `6/10s`, a number a second, stages such as
 * `1m:50/s, 5m:200/s, 30s:0`, and `poisson` behind any of them. Stages mean what those of users do: within each, the
 * rate moves in a straight line to its own. Pure.
 */
import { UsageError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import type { ArrivalPattern, RateCurve } from "../../protocol/arrivals_message.ts";
import { describeBadStages, parseStageList } from "../shapes/stages.ts";

/** A rate over time from the start of a run. */
export interface ArrivalPlan {
  readonly pattern: ArrivalPattern;
  readonly curve: RateCurve;
}

export const RATE_EXAMPLES = '"50/s", "10/m", "2/h", or stages as in "1m:50/s, 5m:200/s, 30s:0"';

/** Higher rates than this are typing errors: no machine starts so many. */
const MAX_PER_SECOND = 10_000_000;
const TOO_HIGH = `more than ${MAX_PER_SECOND} a second`;

const AS_FAST = "(for as many as possible give users without a wait time, as in -u 100)";

/** At each end of a list that is shortened. */
const SHOWN_STAGES = 2;

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
};

/** What other tools call a load without a rate. */
const WITHOUT_LIMIT = /^(max|inf|infinity|unlimited)(\/\w+)?$/i;

/** Throws a `UsageError` that lists every problem. */
export function parseArrivalRate(value: string | number): ArrivalPlan {
  const text = String(value).trim();
  const words = text.split(/\s+/);
  const hasPattern = words.length > 1 && /^(even|poisson)$/i.test(words.at(-1) as string);
  const pattern = hasPattern ? words.pop()?.toLowerCase() as ArrivalPattern : "even";
  const rate = words.join(" ");
  const perSecond = parseRate(rate);
  if (perSecond !== undefined) return { pattern, curve: constantRate(checkRate(rate, perSecond)) };
  if (!rate.includes(":")) {
    const what = WITHOUT_LIMIT.test(rate) ? `it is no rate ${AS_FAST}` : "it is no rate";
    throw new UsageError(refuse(text, what), { code: "bad_rate" });
  }
  return { pattern, curve: readStages(rate) };
}

/** What is wrong with the rate that a locustfile gives under a name, as a clause that follows its owner; undefined: nothing. */
export function findBadRate(name: string, value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") {
    return `its ${name} is ${describeKind(value)}; give a rate, as in ${RATE_EXAMPLES}`;
  }
  try {
    parseArrivalRate(value);
    return undefined;
  } catch (thrown) {
    return `its ${name} cannot be used: ${describeBadStages(thrown)}`;
  }
}

/** Arrivals a second in `50/s`; undefined where the text is none. */
function parseRate(text: string): number | undefined {
  const match = /^(\d+(?:\.\d*)?|\.\d+)\s*(?:(?:\/|per\b)\s*(\d+(?:\.\d+)?)?\s*([a-z]+))?$/.exec(text);
  if (match === null) return undefined;
  const [, amount, periods = 1, unit = "s"] = match;
  const seconds = Object.hasOwn(SECONDS, unit) ? SECONDS[unit] : undefined;
  return seconds === undefined ? undefined : Number(amount) / (Number(periods) * seconds);
}

function checkRate(text: string, perSecond: number): number {
  if (perSecond > 0 && perSecond <= MAX_PER_SECOND) return perSecond;
  const what = perSecond > 0 ? `it is ${TOO_HIGH}` : `it is not above 0 ${AS_FAST}`;
  throw new UsageError(refuse(text, what), { code: "bad_rate" });
}

function refuse(text: string, what: string): string {
  return `Cannot read the arrival rate "${text}": ${what}; write ${RATE_EXAMPLES}`;
}

function constantRate(perSecond: number): RateCurve {
  return { countBefore: 0, points: [[0, perSecond]] };
}

function readStages(text: string): RateCurve {
  const stages = parseStageList(text, {
    value: "rate",
    example: 'write <time>:<rate>, as in "1m:50/s, 5m:200/s, 30s:0"',
    read: (each) => {
      const perSecond = parseRate(each);
      return perSecond !== undefined && perSecond > MAX_PER_SECOND ? `its rate is ${TOO_HIGH}` : perSecond;
    },
  });
  if (stages.every(({ value }) => value === 0)) {
    throw new UsageError(refuse(text, "no stage has a rate above 0"), { code: "bad_rate" });
  }
  let ms = 0;
  const points: [number, number][] = [[0, 0]];
  for (const { durationSeconds, value } of stages) {
    ms += durationSeconds * 1000;
    points.push([ms, value]);
  }
  return { countBefore: 0, points, endMs: ms };
}

/** `50/s`, `10/m`: the unit in which a rate is easy to read. */
export function formatRate(perSecond: number): string {
  const [per, unit] = perSecond >= 1 || perSecond === 0
    ? [perSecond, "s"]
    : perSecond * 60 >= 1
    ? [perSecond * 60, "m"]
    : [perSecond * 3600, "h"];
  return `${Number(per.toPrecision(6))}/${unit}`;
}

/** The plan as text that can be read back. */
export function formatArrivalRate({ curve: { points, endMs }, pattern }: ArrivalPlan): string {
  const suffix = pattern === "even" ? "" : ` ${pattern}`;
  const [first, ...others] = points;
  if (endMs === undefined) return `${formatRate(first?.[1] ?? 0)}${suffix}`;
  const stages = others.map(([ms, perSecond], i) => `${(ms - (points[i]?.[0] ?? 0)) / 1000}s:${formatRate(perSecond)}`);
  return `${stages.join(", ")}${suffix}`;
}

/** A rate as text, for people: of a curve of many stages its two ends. */
export function shortenRate(rate: string): string {
  const stages = rate.split(",").map((stage) => stage.trim());
  const left = stages.length - 2 * SHOWN_STAGES;
  if (left < 3) return rate;
  return [...stages.slice(0, SHOWN_STAGES), `… ${left} more …`, ...stages.slice(-SHOWN_STAGES)].join(", ");
}

/** The same rate from a later time of the run on, after so many arrivals: stages count from there. */
export function startCurve({ points, endMs }: RateCurve, atMs: number, countBefore: number): RateCurve {
  return {
    countBefore,
    points: points.map(([ms, perSecond]) => [ms + atMs, perSecond] as const),
    ...(endMs === undefined ? {} : { endMs: endMs + atMs }),
  };
}

/** The curve with an end at the latest there. */
export function endCurve(curve: RateCurve, endMs: number | undefined): RateCurve {
  if (endMs === undefined || endMs >= (curve.endMs ?? Infinity)) return curve;
  return { ...curve, endMs };
}
