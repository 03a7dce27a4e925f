/**
 * A run as JUnit XML, for the test reports of CI systems: one suite each for thresholds, verdict and requests, and for
 * checks and transactions where there are some: those fail nothing by themselves, and their cases hold figures alone. A
 * capacity search is a case with its answer and its steps. It is valid against the schema of Jenkins, which the order
 * of elements and attributes follows. Pure.
 */
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { describeMeasured } from "../../stats/thresholds/describe_status.ts";
import { matchesScope, readScopeText } from "../../stats/thresholds/threshold.ts";
import type {
  RunSummary,
  SummaryCheck,
  SummaryCheckSplit,
  SummaryEntry,
  SummaryFailure,
  SummaryTransaction,
} from "../summary/summary.ts";
import { describeArrivalCounts, describeClassArrivals } from "../summary/describe_arrivals.ts";
import { formatPassRate } from "../../base/measured_value.ts";
import { formatLoad } from "../../load/capacity/describe_capacity.ts";
import { describeFigures } from "../tables/capacity_tables.ts";
import type { SummaryCapacity } from "../summary/capacity_summary.ts";
import { formatMs } from "../tables/format_figures.ts";
import { verdictHeadline } from "../tables/verdict_lines.ts";
import { xmlAttribute, xmlContent } from "./xml_text.ts";

interface TestCase {
  readonly name: string;
  readonly problem?: { readonly kind: "failure" | "error"; readonly message: string; readonly details: string };
  readonly output?: string;
}

interface TestSuite {
  readonly name: "thresholds" | "capacity" | "verdict" | "requests" | "checks" | "transactions";
  readonly cases: readonly TestCase[];
}

/** Failure texts that a request's case lists. */
const MAX_FAILURE_TEXTS = 20;
/** Values of tags that a check's case lists: as many as one tag has. */
const MAX_TAG_LINES = 51;

/** `statuses`: the thresholds of the summary, with what their sentences need. */
export function renderJunit(summary: RunSummary, statuses: readonly ThresholdStatus[]): string {
  const suites: readonly TestSuite[] = [
    { name: "thresholds", cases: thresholdCases(statuses) },
    ...(summary.capacity === undefined ? [] : [{ name: "capacity" as const, cases: [capacityCase(summary.capacity)] }]),
    { name: "verdict", cases: [verdictCase(summary)] },
    { name: "requests", cases: summary.entries.map((entry) => requestCase(entry, summary.failures, statuses)) },
    ...(summary.checks === undefined
      ? []
      : [{ name: "checks" as const, cases: summary.checks.map((check) => checkCase(check, summary.checkSplits)) }]),
    ...(summary.transactions === undefined
      ? []
      : [{ name: "transactions" as const, cases: summary.transactions.map(transactionCase) }]),
  ];
  const time = summary.run.durationSeconds.toFixed(3);
  const timestamp = summary.run.startedAt.slice(0, 19);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="locust-ts" ${countAttributes(suites.flatMap(({ cases }) => cases))} time="${time}">`,
    ...suites.flatMap(({ name, cases }) => [
      `  <testsuite name="${name}" ${countAttributes(cases)} time="${time}" timestamp="${timestamp}">`,
      ...cases.flatMap((each) => caseLines(each, name)),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

/** Without a figure the search has failed, as the exit code says. */
function capacityCase({ slo, load, unit, sentence, steps }: SummaryCapacity): TestCase {
  const lines = steps.map(({ number, load, outcome, figures }) =>
    `step ${number}: ${formatLoad(load, unit)} ${outcome}: ${describeFigures(figures)}`
  );
  const output = [sentence, ...lines].join("\n");
  const name = slo.join(", ");
  return load === null
    ? { name, problem: { kind: "failure", message: sentence, details: sentence }, output }
    : { name, output };
}

/** One case for a check, whatever tags it has: its figures by their values are lines of its output. */
function checkCase(check: SummaryCheck, splits: readonly SummaryCheckSplit[] = []): TestCase {
  const byTag = splits.flatMap(({ tag, values }) =>
    values.flatMap(({ value, checks }) => {
      const tagged = checks.find(({ name }) => name === check.name);
      return tagged === undefined ? [] : [`${tag}=${value}: ${describeCheck(tagged)}`];
    })
  );
  const shown = byTag.slice(0, MAX_TAG_LINES);
  const left = byTag.length - shown.length;
  const lines = [describeCheck(check), ...shown, ...(left > 0 ? [`and ${left} more values of tags`] : [])];
  return { name: check.name, output: lines.join("\n") };
}

function describeCheck({ passes, fails }: SummaryCheck): string {
  return `${formatPassRate(passes, fails)} passed, ${fails} of ${passes + fails} failed`;
}

function transactionCase({ name, count, failures, cutOff, times, busyTimes }: SummaryTransaction): TestCase {
  const p95 = `p95 ${formatMs(times.percentilesMs["95"])} ms, busy ${formatMs(busyTimes.percentilesMs["95"])} ms`;
  return { name, output: `${failures} of ${count} failed, ${cutOff} cut off; ${p95}` };
}

function countAttributes(cases: readonly TestCase[]): string {
  const count = (kind: "failure" | "error") => cases.filter(({ problem }) => problem?.kind === kind).length;
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}"`;
}

function caseLines({ name, problem, output }: TestCase, suite: TestSuite["name"]): string[] {
  const open = `    <testcase classname="${suite}" name="${xmlAttribute(name)}"`;
  if (problem === undefined && output === undefined) return [`${open}/>`];
  return [
    `${open}>`,
    ...(problem === undefined ? [] : [
      `      <${problem.kind} type="${suite}" message="${xmlAttribute(problem.message)}">${
        xmlContent(problem.details)
      }</${problem.kind}>`,
    ]),
    ...(output === undefined ? [] : [`      <system-out>${xmlContent(output)}</system-out>`]),
    "    </testcase>",
  ];
}

/** One case per expression: readers of JUnit files tell cases apart by their names. */
function thresholdCases(statuses: readonly ThresholdStatus[]): TestCase[] {
  const byExpression = new Map<string, ThresholdStatus[]>();
  for (const status of statuses) {
    byExpression.set(status.expression, [...byExpression.get(status.expression) ?? [], status]);
  }
  return [...byExpression].map(([name, conditions]) => {
    const broken = conditions.filter(({ state }) => state !== "met");
    const output = conditions.map(describeMeasured).join("\n");
    if (broken.length === 0) return { name, output };
    const details = broken.map(({ crossedAtSeconds }) =>
      crossedAtSeconds === null ? "not met" : `not met since second ${Number(crossedAtSeconds.toFixed(1))} of the run`
    );
    return {
      name,
      problem: {
        kind: "failure",
        message: broken.map(describeMeasured).join("; "),
        details: broken.map((status, i) => `${describeMeasured(status)} (${details[i]})`).join("\n"),
      },
      output,
    };
  });
}

function verdictCase(summary: RunSummary): TestCase {
  const { verdict, total, arrivals } = summary;
  const headline = verdictHeadline(verdict, total);
  const doubts = verdict.doubts.flatMap(({ sentence, advice }) => [`- ${sentence}`, `  ${advice}`]);
  const load = [
    ...(arrivals === undefined ? [] : [describeArrivalCounts(arrivals)]),
    ...describeClassArrivals(summary),
  ];
  const text = [headline, ...doubts, ...verdict.notes.map((note) => `- ${note}`), ...load].join("\n");
  if (verdict.kind === "invalid") {
    const message = verdict.doubts.filter(({ severity }) => severity === "invalid").map(({ sentence }) => sentence);
    return {
      name: "verdict",
      problem: { kind: "error", message: message.join("; ") || headline, details: text },
      output: text,
    };
  }
  return { name: "verdict", output: text };
}

/** Failures that a threshold of the row's own scope, or of each row, speaks of are that threshold's matter. */
function requestCase(
  entry: SummaryEntry,
  failures: readonly SummaryFailure[],
  statuses: readonly ThresholdStatus[],
): TestCase {
  const { method, name, requests } = entry;
  const isJudged = statuses.some(({ metric, scope }) =>
    metric === "failures" && matchesScope(readScopeText(scope), entry)
  );
  const ofRow = failures.filter((failure) => failure.method === method && failure.name === name);
  const shown = ofRow.slice(0, MAX_FAILURE_TEXTS).map(({ count, text }) => `${count} × ${text}`);
  const left = ofRow.length - shown.length;
  const details = [...shown, ...(left > 0 ? [`and ${left} more kinds of failure`] : [])].join("\n");
  const title = `${method} ${name}`.trim();
  if (entry.failures === 0) return { name: title };
  const message = `${entry.failures} of ${requests} requests failed`;
  return isJudged
    ? { name: title, output: `${message}\n${details}` }
    : { name: title, problem: { kind: "failure", message, details } };
}
