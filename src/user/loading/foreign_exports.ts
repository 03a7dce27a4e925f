/**
 * Finds exports that are another tool's, or that are nearly ours, and that nothing reads here: the run would be another
 * one. A helper of the same name and of another form is left alone. Pure.
 */

interface ExportingModule {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

interface ForeignExport {
  readonly name: string;
  readonly is: (value: unknown) => boolean;
  /** Where this is exported as well, the other one is a helper. */
  readonly meant?: string;
  /** What it is, and what to write. */
  readonly advice: string;
}

const K6_OPTIONS = ["vus", "duration", "stages", "iterations", "scenarios", "thresholds", "rps", "executor"];

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const hasOneOf = (names: readonly string[]) => (value: unknown) =>
  isObject(value) && names.some((name) => name in value);
const isFunction = (value: unknown) =>
  typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value));
const isTexts = (value: unknown) => typeof value === "string" || Array.isArray(value);
const isObjects = (value: unknown) => isObject(value) && Object.values(value).every(isObject);

const EXPORTS: readonly ForeignExport[] = [
  {
    name: "options",
    is: hasOneOf(K6_OPTIONS),
    advice: "it is k6's; write -u 50 -t 1m, --stages, or export const scenarios and thresholds",
  },
  {
    name: "default",
    is: isFunction,
    advice: "it is k6's; what a user does is a method with @task of an exported class",
  },
  {
    name: "default",
    is: hasOneOf(["scenarios", "thresholds", "phases"]),
    advice: "exports are read by their names; write export const scenarios and thresholds",
  },
  { name: "setup", is: isFunction, advice: "it is k6's; write events.runSetup.addListener(…)" },
  { name: "teardown", is: isFunction, advice: "it is k6's; write events.runTeardown.addListener(…)" },
  {
    name: "handleSummary",
    is: isFunction,
    advice: "it is k6's; write --summary-file FILE, or a listener of testStop that reads environment.stats",
  },
  {
    name: "config",
    is: hasOneOf(["target", "phases"]),
    advice: "it is Artillery's; write -H for the target, and --rate or export const scenarios for the phases",
  },
  { name: "scenario", is: isObjects, meant: "scenarios", advice: 'rename it to "scenarios"' },
  { name: "Scenarios", is: isObjects, meant: "scenarios", advice: 'rename it to "scenarios"' },
  { name: "SCENARIOS", is: isObjects, meant: "scenarios", advice: 'rename it to "scenarios"' },
  { name: "threshold", is: isTexts, meant: "thresholds", advice: 'rename it to "thresholds"' },
  { name: "Thresholds", is: isTexts, meant: "thresholds", advice: 'rename it to "thresholds"' },
  { name: "THRESHOLDS", is: isTexts, meant: "thresholds", advice: 'rename it to "thresholds"' },
];

/** Sentences with file and line. */
export function findForeignExports(
  modules: readonly ExportingModule[],
  readText: (file: string) => string | undefined,
): readonly string[] {
  return modules.flatMap(({ file, exports }) =>
    EXPORTS.filter(({ name, is, meant }) =>
      Object.hasOwn(exports, name) && is(exports[name]) && (meant === undefined || !Object.hasOwn(exports, meant))
    ).map(({ name, advice }) => {
      const line = findLine(readText(file) ?? "", name);
      const place = line === undefined ? file : `${file}:${line}`;
      return `Cannot use the export "${name}" of ${place}: nothing reads it here; ${advice}`;
    })
  );
}

function findLine(source: string, name: string): number | undefined {
  const at = source.search(new RegExp(`\\bexport\\b[^\\n]*\\b${name}\\b`));
  return at < 0 ? undefined : source.slice(0, at).split("\n").length;
}
