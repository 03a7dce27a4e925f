import { strict as assert } from "node:assert";
import { test } from "node:test";
import { describeLogin, type WebLogin } from "../../../src/user/web_ui/web_login.ts";

test("describeLogin() shows user name and password where no inputs are given", () => {
  const { inputs, title, submitText } = describeLogin({ check: () => true });
  assert.deepEqual(inputs.map(({ name, kind }) => [name, kind]), [["username", "text"], ["password", "password"]]);
  assert.deepEqual([title, submitText], ["locust-ts", "Log in"]);
});

test("describeLogin() makes lists of choices", () => {
  const { inputs } = describeLogin({
    check: () => true,
    inputs: [
      { name: "team", label: "Team", choices: ["red", "blue"], defaultValue: "blue" },
      { name: "roles", label: "Roles", choices: ["a"], isMultiple: true },
    ],
  });
  assert.deepEqual(inputs.map(({ kind, choices, value }) => ({ kind, choices, value })), [
    { kind: "choice", choices: ["red", "blue"], value: "blue" },
    { kind: "choices", choices: ["a"], value: "" },
  ]);
});

const WRONG: readonly (readonly [string, WebLogin, RegExp])[] = [
  ["neither inputs nor providers", {}, /neither inputs nor providers/],
  ["inputs without a check", { inputs: [{ name: "x", label: "X" }] }, /add a check/],
  ["one name twice", { check: () => true, inputs: [{ name: "x", label: "X" }, { name: "x", label: "Y" }] }, /one name/],
  ["a name of ours", { check: () => true, inputs: [{ name: "next", label: "X" }] }, /named "next"/],
  ["a provider that is a script", { providers: [{ label: "P", href: "javascript:alert(1)" }] }, /no path or URL/],
  ["an icon of another server", { providers: [{ label: "P", href: "/p", icon: "https://x.test/i.png" }] }, /the icon/],
];

for (const [what, login, message] of WRONG) {
  test(`describeLogin() refuses ${what}`, () => assert.throws(() => describeLogin(login), message));
}
