import { strict as assert } from "node:assert";
import { afterEach, test } from "node:test";
import { setLocale } from "../../../web/view/format.ts";
import { readDecimal, readWhole, typedDecimal } from "../../../web/view/typed_number.ts";

afterEach(() => setLocale("en"));

for (
  const [text, value] of [
    ["1000", 1000],
    [" 12 000 ", 12_000],
    ["1,000", 1000],
    ["1.000", 1000],
    ["1'000'000", 1_000_000],
    ["1.5", 1.5],
    ["1,5", NaN],
    ["1,0000", NaN],
    ["0", 0],
    ["", NaN],
    ["ten", NaN],
  ] as const
) {
  test(`readWhole() of "${text}" is ${value}`, () =>
    assert.ok(Object.is(readWhole(text), value), `${readWhole(text)}`));
}

for (
  const [locale, text, value] of [
    ["en-US", "0.5", 0.5],
    ["en-US", "0,5", 0.5],
    ["en-US", "1,000", 1000],
    ["en-US", "1,234.5", 1234.5],
    ["en-US", "2.125", 2.125],
    ["de-DE", "0,5", 0.5],
    ["de-DE", "0.5", 0.5],
    ["de-DE", "0.125", 0.125],
    ["de-DE", "1.000", 1000],
    ["de-DE", "1.234,5", 1234.5],
    ["de-DE", "2,125", 2.125],
    ["fr-FR", "1 234,5", 1234.5],
    ["de-CH", "1’000", 1000],
    ["de-DE", "", NaN],
    ["de-DE", "1,2,3", NaN],
  ] as const
) {
  test(`readDecimal() of "${text}" in ${locale} is ${value}`, () => {
    setLocale(locale);
    assert.ok(Object.is(readDecimal(text), value), `${readDecimal(text)}`);
  });
}

test("typedDecimal() writes what readDecimal() reads, in each locale", () => {
  for (const locale of ["en-US", "de-DE", "fr-FR", "de-CH"]) {
    setLocale(locale);
    for (const value of [0.125, 0.5, 1, 2.125, 1000, 12_345.678]) {
      assert.equal(readDecimal(typedDecimal(value)), value, `${locale} ${value}`);
    }
  }
});
