import assert from "node:assert/strict";
import { test } from "node:test";
import { ownFrames } from "../../../src/base/own_frames.ts";
import { noteClassPlace, placeFieldError } from "../../../src/user/loading/class_places.ts";

const SOURCE = `import { User } from "locust-ts";
export class Base extends User {
  readonly broken = settings.token;
}
export class Person extends Base {
  readonly name = "Ann";
  readonly other = load("a");
  readonly third = load("b");
}
export class Late extends User {
  readonly wait = load("c");
  readonly code = missing;
  readonly more = load(missingToo);
}
`;
const FILE = "/tests/locustfile.ts";

const settings: { token?: string } = {};
const load = (name: string) => name;
class Base {
  readonly broken = settings.token;
}
class Person extends Base {
  readonly name = "Ann";
  readonly other = load("a");
  readonly third = load("b");
}

declare const missing: string;
class Late {
  readonly wait = load("c");
  readonly code = missing;
  readonly more = load("missingToo");
}

/** An error with a stack as an engine writes it. */
function errorWith(stack: string): Error {
  return Object.assign(new TypeError("undefined is not an object"), { stack });
}

test("placeFieldError() names the field of the class that the engine names, where only one can have thrown", () => {
  noteClassPlace(Person, { file: FILE, source: SOURCE });
  const error = errorWith("TypeError: undefined is not an object\n    at new Base (unknown:1:28)");
  placeFieldError(error, Person);
  assert.deepEqual(ownFrames(error), [`${FILE}:3:1 in Base.broken`]);
});

test("placeFieldError() names the class where several fields may have thrown", () => {
  noteClassPlace(Person, { file: FILE, source: SOURCE });
  const error = errorWith("TypeError: undefined is not an object\n    at new Person (unknown:1:28)");
  placeFieldError(error, Person);
  assert.deepEqual(ownFrames(error), [`${FILE}:5:1 in new Person`]);
});

test("placeFieldError() finds the field by the variable that is not there", () => {
  noteClassPlace(Late, { file: FILE, source: SOURCE });
  for (const message of ["missing is not defined", "Cannot access 'missing' before initialization."]) {
    const error = Object.assign(new ReferenceError(message), {
      stack: "ReferenceError\n    at new Late (unknown:1:1)",
    });
    placeFieldError(error, Late);
    assert.deepEqual(ownFrames(error), [`${FILE}:12:1 in Late.code`]);
  }
});

test("placeFieldError() leaves out what the engine quotes from its own code", () => {
  noteClassPlace(Person, { file: FILE, source: SOURCE });
  const error = errorWith("TypeError\n    at new Base (unknown:1:28)");
  error.message = "null is not an object (evaluating 'super(...args)')";
  placeFieldError(error, Person);
  assert.equal(error.message, "null is not an object");
});

test("placeFieldError() leaves an exception alone that has a place, or whose class is not known", () => {
  const placed = errorWith("TypeError: x\n    at boom (/tests/locustfile.ts:2:7)");
  placeFieldError(placed, Person);
  assert.deepEqual(ownFrames(placed), ["/tests/locustfile.ts:2:7 in boom"]);
  const unknown = errorWith("TypeError: x");
  placeFieldError(unknown, class {});
  assert.deepEqual(ownFrames(unknown), []);
  assert.doesNotThrow(() => placeFieldError("text", Person));
  assert.doesNotThrow(() => placeFieldError(Object.freeze(errorWith("TypeError: x")), Person));
});
