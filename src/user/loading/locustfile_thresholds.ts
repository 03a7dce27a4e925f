/**
 * Collects the thresholds that a locustfile exports: `export const thresholds = ["p95<300", { scope, condition, abort
 * }]`. Several files add up. Checks each and names file, line and column of what is wrong. Pure.
 */
import { parseThreshold, type ThresholdObject, toExpression } from "../../stats/thresholds/parse_threshold.ts";
import { ThresholdSyntaxError } from "../../stats/thresholds/threshold_syntax_error.ts";

interface ThresholdModule {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface CollectedThresholds {
  readonly expressions: readonly string[];
  readonly problems: readonly string[];
}

const FORM = 'write an expression as in "p95<300", or { scope: "GET /items", condition: "p95<300", abort: true }';

export function collectThresholds(
  modules: readonly ThresholdModule[],
  readText: (file: string) => string | undefined,
): CollectedThresholds {
  const expressions: string[] = [];
  const problems: string[] = [];
  for (const { file, exports } of modules) {
    const { thresholds } = exports;
    if (thresholds === undefined) continue;
    if (!Array.isArray(thresholds)) {
      problems.push(
        `Cannot use the thresholds of ${file}: they are not an array; export const thresholds = ["p95<300"]${
          typeof thresholds === "object" ? " (docs/coming-from-k6.md translates those of k6)" : ""
        }`,
      );
      continue;
    }
    const source = readText(file);
    thresholds.forEach((threshold: unknown, index) => {
      const read = readThreshold(threshold);
      if (read.kind === "expression") return expressions.push(read.text);
      const line = source === undefined ? undefined : findLine(source, read.written);
      const place = line === undefined ? `${file}, number ${index + 1}` : `${file}:${line}`;
      return problems.push(`Cannot use the threshold ${read.shown} of ${place}: ${read.reason}`);
    });
  }
  return { expressions, problems };
}

type ReadThreshold =
  | { readonly kind: "expression"; readonly text: string }
  | {
    readonly kind: "problem";
    readonly shown: string;
    readonly reason: string;
    /** As it stands in the file, as far as it is known. */
    readonly written: string | undefined;
  };

function readThreshold(threshold: unknown): ReadThreshold {
  const object: unknown = typeof threshold === "string" ? { condition: threshold } : threshold;
  if (!isThresholdObject(object)) {
    return { kind: "problem", shown: JSON.stringify(threshold) ?? String(threshold), reason: FORM, written: undefined };
  }
  const text = toExpression(object);
  try {
    parseThreshold(text);
    return { kind: "expression", text };
  } catch (error) {
    if (!(error instanceof ThresholdSyntaxError)) throw error;
    return { kind: "problem", shown: `"${text}"`, reason: error.reason, written: object.condition };
  }
}

function isThresholdObject(value: unknown): value is ThresholdObject {
  if (typeof value !== "object" || value === null) return false;
  const { scope, condition, abort } = value as Readonly<Record<string, unknown>>;
  const isKnown = Object.keys(value).every((key) => ["scope", "condition", "abort"].includes(key));
  return isKnown && typeof condition === "string" && ["string", "undefined"].includes(typeof scope) &&
    ["boolean", "undefined"].includes(typeof abort);
}

/** The line of a text literal after the word `thresholds`. */
function findLine(source: string, written: string | undefined): number | undefined {
  const list = source.search(/\bthresholds\b/);
  if (list < 0) return undefined;
  const at = written === undefined || written === "" ? -1 : source.indexOf(written, list);
  return source.slice(0, at < 0 ? list : at).split("\n").length;
}
