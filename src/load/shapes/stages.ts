/** Stages one after the other, each with an end, and the text form of `--stages`. Pure. */
import { describeThrown, UsageError } from "../../base/errors.ts";
import { parseTimeSpan, TIME_SPAN_EXAMPLES } from "../../base/units.ts";
import { type LoadShape, rateOver } from "./load_shape.ts";

export interface Stage {
  readonly durationSeconds: number;
  /** Wanted in this stage. */
  readonly users: number;
  /** Users per second; default: so that the number is reached when the stage ends. */
  readonly spawnRate?: number;
}

/** Holds each stage for its duration, then ends the run. Throws a `UsageError` that lists every stage that is none. */
export function stages(list: readonly Stage[]): LoadShape {
  const problems = Array.isArray(list) ? list.flatMap(checkStage) : [`Cannot use the stages: they are ${String(list)}`];
  if (problems.length === 0 && list.every(({ durationSeconds }) => durationSeconds === 0)) {
    problems.push("Cannot use the stages: together they last 0 seconds; give one a duration");
  }
  if (problems.length > 0) throw new UsageError(problems, { code: "bad_stages" });
  return (runTimeSeconds) => {
    let endSeconds = 0;
    let before = 0;
    for (const { durationSeconds, users, spawnRate } of list) {
      endSeconds += durationSeconds;
      if (runTimeSeconds < endSeconds) {
        return { users, spawnRate: spawnRate ?? rateOver(users - before, durationSeconds) };
      }
      before = users;
    }
    return null;
  };
}

/**
 * The stages in a text like `30s:10,1m:50,10s:0`: within 30 s up to 10 users, within the next minute up to 50, within
 * 10 s down to none. A stage with the users of the one before holds them. Throws a `UsageError` that lists every
 * problem.
 */
export function parseStages(text: string): readonly Stage[] {
  const list = parseStageList(text, {
    value: "whole number of users",
    example: 'write <time>:<users>, as in "30s:10,1m:50,10s:0"',
    read: (users) => /^\d+$/.test(users) ? Number(users) : undefined,
  });
  return list.map(({ durationSeconds, value }) => ({ durationSeconds, users: value }));
}

/**
 * What `parseStages` or a reader of rates threw, within the sentence of who gave the text:
 * `stage "1m": no rate after the colon; …`
 */
export function describeBadStages(thrown: unknown): string {
  const problems = thrown instanceof UsageError ? thrown.problems : [describeThrown(thrown)];
  return problems.map((problem) => problem.replace(/^Cannot read (?:the )?/, "")).join("; ");
}

/** What stands behind the colon of a stage. */
interface StageValue {
  /** Its name in messages. */
  readonly value: string;
  readonly example: string;
  /** Undefined: the text is none. A text says what is wrong with the one it is, as a clause. */
  readonly read: (text: string) => number | string | undefined;
}

/** Stages of anything, separated by commas. Throws a `UsageError` that lists every problem. */
export function parseStageList(
  text: string,
  form: StageValue,
): readonly { readonly durationSeconds: number; readonly value: number }[] {
  const problems: string[] = [];
  const list = text.split(",").map((part) => parseStage(part.trim(), form, problems));
  if (problems.length === 0 && list.every((stage) => stage?.durationSeconds === 0)) {
    problems.push(`Cannot read stages from "${text}": together they last 0 seconds; give one a duration`);
  }
  if (problems.length > 0) throw new UsageError(problems, { code: "bad_stages" });
  return list.filter((stage) => stage !== undefined);
}

/** Checks one stage: a locustfile may state any value, whatever its type says. */
function checkStage(stage: Stage, index: number): readonly string[] {
  const { durationSeconds, users, spawnRate }: Stage = { ...stage };
  const wrong = (what: string) => `Cannot use stage ${index + 1}: ${what}`;
  return [
    ...(durationSeconds >= 0 && Number.isFinite(durationSeconds)
      ? []
      : [wrong(`its durationSeconds is ${durationSeconds}; give a number of 0 or more`)]),
    ...(Number.isSafeInteger(users) && users >= 0
      ? []
      : [wrong(`its users are ${users}; give a whole number of 0 or more`)]),
    ...(spawnRate === undefined || (spawnRate >= 0 && Number.isFinite(spawnRate))
      ? []
      : [wrong(`its spawnRate is ${spawnRate}; give a number of 0 or more`)]),
  ];
}

/** `stages(parseStages(text))`. */
export function fromStages(text: string): LoadShape {
  return stages(parseStages(text));
}

function parseStage(
  part: string,
  { value, example, read }: StageValue,
  problems: string[],
): { readonly durationSeconds: number; readonly value: number } | undefined {
  const separator = part.indexOf(":");
  const durationSeconds = parseTimeSpan(separator === -1 ? part : part.slice(0, separator));
  const found = separator === -1 ? undefined : read(part.slice(separator + 1).trim());
  if (durationSeconds === undefined) {
    problems.push(`Cannot read stage "${part}": no time span before the colon (${TIME_SPAN_EXAMPLES}); ${example}`);
  }
  if (typeof found !== "number") {
    problems.push(`Cannot read stage "${part}": ${found ?? `no ${value} after the colon`}; ${example}`);
  }
  return durationSeconds === undefined ? undefined : { durationSeconds, value: typeof found === "number" ? found : 0 };
}
