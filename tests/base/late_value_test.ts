import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { lateValues } from "../../src/base/late_value.ts";

const mark = lateValues('the next row of "users.csv"', "await rows.next(this)");
const row = () => mark(Promise.resolve({ user: "ada" }));
const NOT_YET = 'it has not come yet; write await before the call, as in "await rows.next(this)"';

describe("lateValues()", () => {
  // deno-lint-ignore no-explicit-any -- what the types forbid
  const misuses: readonly (readonly [string, (promise: any) => unknown, string])[] = [
    ["a field", (promise) => promise.user, 'Cannot read "user" of the next row of "users.csv"'],
    ["fields by destructuring", ({ user }) => user, 'Cannot read "user" of the next row of "users.csv"'],
    ["a template", (promise) => `/search?q=${promise}`, 'Cannot use the next row of "users.csv" as a value'],
    ["String()", (promise) => String(promise), 'Cannot use the next row of "users.csv" as a value'],
    ["arithmetic", (promise) => promise + 1, 'Cannot use the next row of "users.csv" as a value'],
    ["JSON", (promise) => JSON.stringify({ user: promise }), 'Cannot send the next row of "users.csv"'],
    ["a list", ([first]) => first, 'Cannot take the next row of "users.csv" apart'],
  ];
  for (const [what, use, beginning] of misuses) {
    test(`${what} of a promise that was not awaited is an error that says await`, () => {
      assert.throws(() => use(row()), { message: `${beginning}: ${NOT_YET}`, code: "not_awaited" });
    });
  }

  test("awaited, chained and gathered it is a promise", async () => {
    assert.deepEqual(await row(), { user: "ada" });
    assert.equal(await row().then(({ user }) => user), "ada");
    assert.deepEqual(await Promise.all([row(), row()]), [{ user: "ada" }, { user: "ada" }]);
    assert.deepEqual(await Promise.race([row()]), { user: "ada" });
    assert.deepEqual(await (() => row())(), { user: "ada" });
    assert.ok(row() instanceof Promise);
    assert.equal(await mark(Promise.reject(new Error("no row"))).catch((error: Error) => error.message), "no row");
    let hasEnded = false;
    await row().finally(() => hasEnded = true);
    assert.ok(hasEnded);
    assert.match(inspect(row()), /^Promise/);
  });

  test("what is made of it is a promise like any other", () => {
    assert.equal((row().then(() => 1) as unknown as { readonly user: unknown }).user, undefined);
  });
});
