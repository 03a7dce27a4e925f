import { strict as assert } from "node:assert";
import { test } from "node:test";
import { findOptionIn } from "../../../web/model/option_model.ts";

const OPTIONS = [
  { name: "page", kind: "text" },
  { name: "max-page", kind: "number" },
  { name: "with-search", kind: "boolean" },
] as const;

const CASES: readonly (readonly [problem: string, option: string | undefined])[] = [
  ['Cannot use --max-page "1.5": it is not a whole number; write digits only, as in 100', "max-page"],
  ['Cannot use --page "x": it is not a number', "page"],
  ['Cannot use the option "tenannt": the locustfile has no such option', undefined],
  ["Cannot use --tenant: it is required", undefined],
  ["a---page is no flag", undefined],
  ["Cannot use --with-search: its control has no place for that", undefined],
];

for (const [problem, option] of CASES) {
  test(`findOptionIn() finds ${option ?? "none"} in: ${problem}`, () => {
    assert.equal(findOptionIn(problem, OPTIONS), option);
  });
}
