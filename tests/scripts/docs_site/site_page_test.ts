import assert from "node:assert/strict";
import { test } from "node:test";
import { titleOf, toSitePage } from "../../../scripts/docs_site/site_page.ts";

const ROWS: readonly (readonly [markdown: string, page: string])[] = [
  ["see [HTTP](http.md#retries)", "see [HTTP](http.md#retries)"],
  ["see [it](https://example.com)", "see [it](https://example.com)"],
  ["[`shop.ts`](../examples/shop.ts)", '[`shop.ts`](/examples/shop.ts.txt){target="_self"}'],
  ["[`shop.ts`](examples/shop.ts)", '[`shop.ts`](/examples/shop.ts.txt){target="_self"}'],
  ["[how](../CONTRIBUTING.md#tests)", "[how](./CONTRIBUTING.md#tests)"],
  ["[how](docs/releasing.md)", "[how](./releasing.md)"],
  ["[how](./docs/releasing.md#npm)", "[how](./releasing.md#npm)"],
  ["[the code](../src/protocol/) and [more](scripts/docs.ts)", "the code and more"],
  ["```\n[a](../src/x.ts)\n```\n[a](../src/x.ts)", "```\n[a](../src/x.ts)\n```\na"],
  ["a\n\n<!-- not run: why -->\n```sh\n<!-- b -->\n```", "a\n\n```sh\n<!-- b -->\n```"],
];

for (const [markdown, page] of ROWS) {
  test(`toSitePage() makes of ${JSON.stringify(markdown)}`, () => {
    assert.equal(toSitePage(markdown), page);
  });
}

test("titleOf() is the first heading without code marks", () => {
  assert.equal(titleOf("text\n# The `run` verb\n# Second"), "The run verb");
  assert.equal(titleOf("## no title"), undefined);
});
