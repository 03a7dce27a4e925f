import { strict as assert } from "node:assert";
import { test } from "node:test";
import { LoadTestShape } from "../../../src/user/load_test_shape.ts";
import { collectClasses } from "../../../src/user/loading/exported_classes.ts";
import { collectLocustfile } from "../../../src/user/loading/locustfile.ts";
import { User } from "../../../src/user/user.ts";

test("collectClasses() has classes in the order of the text, as a namespace has its exports by name", () => {
  class Ramp extends LoadTestShape {
    override tick = () => null;
  }
  class Peak extends Ramp {}
  class Afar extends Ramp {}
  const modules = [{ file: "/shapes.ts", exports: { Afar, Peak, Ramp } }];
  const text = "export class Ramp extends LoadTestShape {}\nexport class Peak extends Ramp {}\n";
  const names = (readText?: () => string) => [...collectClasses(modules, LoadTestShape, readText).found.keys()];
  assert.deepEqual(names(() => text), ["Ramp", "Peak", "Afar"]);
  assert.deepEqual(names(), ["Afar", "Peak", "Ramp"]);
});

test("collectLocustfile() tells that the only user class is abstract", () => {
  class Base extends User {
    static override abstract = true;
  }
  assert.deepEqual(collectLocustfile([{ file: "/tests/shop.ts", exports: { Base } }]).problems, [
    'Cannot run /tests/shop.ts: its user class Base is abstract, and none extends it; remove "static abstract = true", ' +
    'or write "export class … extends Base"',
  ]);
});
