import assert from "node:assert/strict";
import { test } from "node:test";
import { Environment } from "../../../src/user/environment.ts";
import { Events } from "../../../src/user/events/events.ts";
import { checkFieldNames } from "../../../src/user/events/python_fields.ts";

type Fields = Record<string, unknown>;

test("checkFieldNames() refuses Python's names of fields, in every kind of function, and says ours", () => {
  const listeners = [
    ({ request_type, name }: Fields) => [request_type, name],
    async ({ name, response_time: ms = 0 }: Fields) => await Promise.resolve([name, ms]),
    function ({ user_count }: Fields) {
      return user_count;
    },
  ];
  const said = listeners.map((listener) => {
    try {
      checkFieldNames(listener, "request");
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  });
  assert.deepEqual(said, [
    'Cannot listen to "request" for "request_type": no event has that; names are in camelCase here: "requestType"',
    'Cannot listen to "request" for "response_time": no event has that; names are in camelCase here: "responseTime"',
    'Cannot listen to "request" for "user_count": no event has that; names are in camelCase here: "userCount"',
  ]);
});

test("checkFieldNames() lets everything else pass, but what is not a function", () => {
  checkFieldNames(({ requestType, my_field }: Fields) => [requestType, my_field], "request");
  checkFieldNames((fields: Fields) => fields["request_type"], "request");
  checkFieldNames(console.log, "request");
  assert.throws(() => checkFieldNames(undefined, "init"), /Cannot listen to "init": undefined is not a function/);
});

test("events.request refuses Python's names when it is listened to and when it is fired", () => {
  const { request } = new Events();
  assert.throws(() => request.addListener((({ start_time }: Fields) => start_time) as never), /"startTime"/);
  const fields: unknown = { request_type: "X", name: "y", response_time: 1 };
  assert.throws(
    () => request.fire(fields as never),
    /by request_type, name, response_time; give requestType, name and/,
  );
});

test("Environment refuses Python's names, so that an exit code is not lost", () => {
  const environment = new Environment() as unknown as Fields;
  assert.throws(() => environment["process_exit_code"] = 3, /write environment\.processExitCode/);
  assert.throws(() => environment["parsed_options"], /write environment\.parsedOptions/);
  environment["my_own"] = 1; // what a locustfile hangs on it is its own
  assert.equal(environment["my_own"], 1);
});

test("checkFieldNames() refuses listeners that take the fields one by one, and one that is called like a field", () => {
  const said = (listener: unknown) => {
    try {
      checkFieldNames(listener, "init");
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  assert.equal(
    said((environment: Fields) => environment["host"]),
    'Cannot listen to "init" with a parameter "environment": a listener gets one object with all fields; write ({ environment }) => …',
  );
  assert.match(said(async (runner: Fields) => await Promise.resolve(runner)), /with a parameter "runner"/);
  assert.match(
    said(function onInit(parser: Fields) {
      return parser;
    }),
    /with a parameter "parser"/,
  );
  assert.match(
    said((requestType: unknown, name: unknown) => [requestType, name]),
    /with 2 parameters: .* write \(\{ … \}\)/,
  );
  assert.equal(said((environments: Fields) => environments), "");
  assert.equal(said((fields: Fields, more = 1) => [fields, more]), "");
});
