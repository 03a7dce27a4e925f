/** What is said of a locustfile without a user class, by its text. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { noUserClass } from "../../../src/user/loading/no_user_class.ts";

test("noUserClass() names a class that only lacks its export", () => {
  const readText = () => 'import { HttpUser } from "locust-ts";\n\nclass Buyer extends FastHttpUser {\n}\n';
  assert.equal(
    noUserClass([{ file: "/a.ts", exports: {} }], readText),
    'Cannot run /a.ts: no user class is exported; write "export class Buyer extends FastHttpUser"',
  );
});

test("noUserClass() names a class that lacks what it extends, unless another one lacks its export", () => {
  const helper = "export class Helper {\n}\n";
  const found = (text: string) => noUserClass([{ file: "/a.ts", exports: {} }], () => text);
  assert.equal(
    found(helper),
    'Cannot run /a.ts: its class Helper extends no user class; write "export class Helper extends HttpUser"',
  );
  assert.equal(
    found(`${helper}class Buyer extends HttpUser {\n}\n`),
    'Cannot run /a.ts: no user class is exported; write "export class Buyer extends HttpUser"',
  );
});
