import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { UsageError } from "../../../../src/base/errors.ts";
import { withSettings } from "../../../../src/cli/options/selection/class_settings.ts";
import { WebOrders } from "../../../../src/cli/run/web/web_orders.ts";
import type { FinishedRequest, RequestChanges } from "../../../../src/cli/run/setup/run_request.ts";
import type { CustomArgument, UserClassDescription } from "../../../../src/protocol/locustfile_description.ts";
import type { ScenarioPlan } from "../../../../src/protocol/scenario_message.ts";
import { planScenario } from "../../../support/scenario_plans.ts";
import { Refusal } from "../../../../src/server/answers/api_error.ts";
import { NOTHING_ADDED } from "../../../../src/server/login/locustfile_web.ts";

const task = (name: string) => ({ name, weight: 1, tags: [], kind: "task" as const, tasks: [] });

const SHOP: UserClassDescription = {
  name: "Shop",
  file: "shop.ts",
  weight: 1,
  fixedCount: 0,
  needsHost: true,
  tasks: [task("browse"), task("order")],
  json: { host: null, weight: 1, fixedCount: 0, basket: 3 },
};

function createOrders(
  given: {
    readonly host?: string;
    readonly isHostRequired?: boolean;
    readonly problem?: string;
    readonly scenarios?: readonly ScenarioPlan[];
    readonly classPicker?: boolean;
    readonly needsHost?: boolean;
    readonly customArguments?: readonly CustomArgument[];
  } = {},
) {
  const asked: RequestChanges[] = [];
  const base = {
    options: { classPicker: given.classPicker ?? false, ...(given.host === undefined ? {} : { host: given.host }) },
    selection: { userClasses: [{ ...SHOP, needsHost: given.needsHost ?? true }], scenarios: given.scenarios },
    classSettings: [],
  } as unknown as FinishedRequest;
  const orders = new WebOrders({
    request: {
      finish: (_description, changes) => {
        if (given.problem !== undefined) throw new UsageError([given.problem]);
        if (changes !== undefined) asked.push(changes);
        const host = changes?.overrides?.get("host");
        const options = host?.kind === "text" ? { ...base.options, host: host.text } : base.options;
        return { ...base, options };
      },
    },
    description: {
      userClasses: [SHOP],
      shapes: [],
      arguments: given.customArguments ?? [],
      thresholds: [],
      warnings: [],
    },
    base,
    added: { ...NOTHING_ADDED, isHostRequired: given.isHostRequired ?? false },
    wallMs: () => 5,
  });
  return { orders, asked };
}

const refusedFor = (field: string) => (error: unknown) =>
  error instanceof Refusal && error.status === 422 && error.field === field;

describe("WebOrders.finish()", () => {
  test("takes arrivals in place of users, and users instead of arrivals", () => {
    const { orders, asked } = createOrders();
    orders.finish({ users: 5 });
    orders.finish({ rate: "50/s", maxUsers: 20 });
    const overrides = asked[1]?.overrides;
    assert.deepEqual(overrides?.get("rate"), { kind: "text", text: "50/s" });
    assert.equal(overrides?.get("users"), null);
    assert.deepEqual(overrides?.get("max-users"), { kind: "text", text: "20" });
    orders.finish({ rate: null, maxUsers: null, users: 3 });
    assert.equal(asked[2]?.overrides?.get("max-users"), null);
    assert.equal(asked[2]?.overrides?.get("rate"), null);
    assert.deepEqual(asked[2]?.overrides?.get("users"), { kind: "text", text: "3" });
  });

  test("takes a search for the capacity, and leaves it out again", () => {
    const { orders, asked } = createOrders();
    orders.finish({ users: 5, spawnRate: 2 });
    orders.finish({ users: 5, slo: ["p99<1s"] });
    const overrides = asked[1]?.overrides;
    assert.deepEqual(overrides?.get("find-max"), { kind: "bare" });
    assert.deepEqual(overrides?.get("slo"), { kind: "list", items: ["p99<1s"] });
    assert.equal(overrides?.get("spawn-rate"), null);
    orders.finish({ users: 5, spawnRate: 2, slo: null });
    for (const name of ["find-max", "slo", "at-least", "step-time"]) assert.equal(asked[2]?.overrides?.get(name), null);
  });

  test("keeps what earlier starts have set", () => {
    const { orders, asked } = createOrders();
    orders.finish({ users: 5 });
    orders.finish({ spawnRate: 2 });
    assert.deepEqual([...(asked[1]?.overrides?.keys() ?? [])], ["users", "spawn-rate"]);
    assert.equal(asked[1]?.startedWallMs, 5);
  });

  test("an order of Locust's /swarm takes neither run time nor classes of the start before", () => {
    const { orders, asked } = createOrders({ classPicker: true });
    orders.finish({ users: 5, runTimeSeconds: 3, userClasses: ["Shop"] });
    orders.finish({ users: 6, unnamed: "commandLine" });
    assert.deepEqual([...(asked[1]?.overrides?.keys() ?? [])], ["users"]);
    assert.equal(asked[1]?.pickedClasses, undefined);
    orders.finish({ unnamed: "commandLine", runTimeSeconds: 4, userClasses: ["Shop"] });
    orders.finish({});
    assert.deepEqual(asked[3]?.overrides?.get("run-time"), { kind: "text", text: "4s" });
    assert.deepEqual(asked[3]?.pickedClasses, ["Shop"]);
  });

  test("an empty option is no value, and an empty text where the option has a text", () => {
    const argument = { name: "", secret: false, required: false, includeInWebUi: true };
    const customArguments: readonly CustomArgument[] = [
      { ...argument, flags: ["--tenant"], type: "string", default: "acme" },
      { ...argument, flags: ["--note"], type: "string" },
      { ...argument, flags: ["--pick"], type: "string", choices: ["a", "b"], default: "a" },
      { ...argument, flags: ["--count"], type: "number", default: 4 },
    ];
    const { orders, asked } = createOrders({ customArguments });
    orders.finish({ options: { tenant: "", note: "", pick: "", count: null } });
    assert.deepEqual([...(asked[0]?.overrides ?? [])], [
      ["tenant", { kind: "text", text: "" }],
      ["note", null],
      ["pick", { kind: "text", text: "" }], // none of the choices: refused
      ["count", null],
    ]);
  });

  test("takes a host that is sent back as it was shown for the one with the password", () => {
    const { orders, asked } = createOrders({ host: "http://ada:pw@shop.test" });
    orders.finish({ host: "http://***@shop.test" });
    assert.deepEqual(asked[0]?.overrides?.get("host"), { kind: "text", text: "http://ada:pw@shop.test" });
  });

  test("refuses a choice of classes without a class picker, a missing host, and what the command line refuses", () => {
    assert.throws(() => createOrders().orders.finish({ userClasses: ["Shop"] }), refusedFor("userClasses"));
    assert.throws(() => createOrders({ isHostRequired: true }).orders.finish({}), refusedFor("host"));
    createOrders({ isHostRequired: true }).orders.finish({ host: "http://shop.test" });
    const problem = "Cannot use --spawn-rate 0: too slow";
    assert.throws(() => createOrders({ problem }).orders.finish({}), refusedFor("spawnRate"));
  });
});

const SCENARIOS = ["a", "b", "c"].map((name) => planScenario(name, { userClasses: ["Shop"], host: "http://own.test" }));

describe("WebOrders.finish() of scenarios", () => {
  test("takes some of those that there are, and keeps them", () => {
    const { orders, asked } = createOrders({ scenarios: SCENARIOS });
    orders.finish({ scenarios: ["c", "a"] });
    orders.finish({ host: "http://shop.test" });
    for (const { overrides } of asked) {
      assert.deepEqual(overrides?.get("scenario"), { kind: "list", items: ["c", "a"] });
    }
  });

  test("refuses unknown ones, none, and any where there are none", () => {
    const { orders } = createOrders({ scenarios: SCENARIOS });
    assert.throws(() => orders.finish({ scenarios: ["d"] }), /"d": choose from a, b, c/);
    assert.throws(() => orders.finish({ scenarios: [] }), refusedFor("scenarios"));
    assert.throws(() => createOrders().orders.finish({ scenarios: ["a"] }), /the run has none/);
  });
});

describe("WebOrders.change()", () => {
  test("a host becomes that of later starts; the same one changes nothing", () => {
    const { orders, asked } = createOrders({ host: "http://first.test" });
    assert.deepEqual(orders.change({ host: "http://first.test" }), { options: {} });
    assert.deepEqual(orders.change({ host: "http://second.test" }), { options: {}, host: "http://second.test" });
    assert.equal(orders.latest.options.host, "http://second.test");
    orders.finish({});
    assert.deepEqual(asked[0]?.overrides?.get("host"), { kind: "text", text: "http://second.test" });
  });

  test("refuses no host where a class would have none", () => {
    const host = "http://first.test";
    assert.throws(() => createOrders({ host }).orders.change({ host: "" }), refusedFor("host"));
    const [own, ...others] = SCENARIOS;
    assert.ok(own !== undefined);
    const { host: _host, ...without } = own;
    assert.throws(
      () => createOrders({ host, scenarios: [without, ...others] }).orders.change({ host: "" }),
      refusedFor("host"),
    );
    const { orders } = createOrders({ host, scenarios: SCENARIOS });
    assert.equal(orders.change({ host: "" }).host, "", "each scenario has its own");
  });

  test("changes nothing where one of host and options is refused", () => {
    const host = "http://first.test";
    const given: readonly (readonly [string, Parameters<WebOrders["change"]>[0]])[] = [
      ["host", { options: {}, host: "" }],
      ["options", { options: { nonsense: 1 }, host: "http://second.test" }],
    ];
    for (const [field, order] of given) {
      const { orders, asked } = createOrders({ host });
      const before = orders.latest;
      assert.throws(() => orders.change(order), refusedFor(field));
      assert.equal(orders.latest, before, field);
      assert.equal(asked.length, 0, field);
      orders.finish({});
      assert.deepEqual(asked[0]?.overrides, new Map(), field);
    }
  });
});

test("WebOrders.changeHost() takes a URL where users have an HTTP client, and any text where none has", () => {
  const host = "http://first.test";
  for (const other of ["shop.test", "ftp://shop.test", "http://"]) {
    assert.throws(() => createOrders({ host }).orders.change({ host: other }), refusedFor("host"), other);
  }
  const socket = "http+unix://%2Frun%2Fapp.sock";
  assert.equal(createOrders({ host }).orders.change({ host: socket }).host, socket);
  const { orders } = createOrders({ host: "localhost:50051", needsHost: false });
  assert.equal(orders.change({ host: "grpc.test:50051" }).host, "grpc.test:50051");
  assert.equal(orders.latest.options.host, "grpc.test:50051");
});

describe("WebOrders.changeClass()", () => {
  test("changes the classes of the form and of the next start; Locust's names are understood", () => {
    const { orders } = createOrders();
    orders.changeClass({
      user_class_name: "Shop",
      fixed_count: 2,
      tasks: ["order"],
      basket: 7,
      host: "http://own.test",
    });
    orders.changeClass({ user_class_name: "Shop", weight: 4 });
    const [shop] = orders.userClasses;
    assert.deepEqual([shop?.weight, shop?.fixedCount, shop?.host], [4, 2, "http://own.test"]);
    assert.deepEqual(shop?.tasks.map(({ name }) => name), ["order"]);
    assert.deepEqual(shop?.json, { host: "http://own.test", weight: 4, fixedCount: 2, basket: 7 });
    orders.changeClass({ user_class_name: "Shop", tasks: ["browse"] }); // replaces the choice before
    assert.deepEqual(orders.finish({}).classSettings, [{
      user_class_name: "Shop",
      fixedCount: 2,
      tasks: ["browse"],
      basket: 7,
      host: "http://own.test",
      weight: 4,
    }]);
  });

  const wrong: readonly (readonly [string, Record<string, unknown>])[] = [
    ["user_class_name", { user_class_name: "Nobody" }],
    ["weight", { user_class_name: "Shop", weight: 0 }],
    ["weight", { user_class_name: "Shop", weight: "much" }],
    ["fixedCount", { user_class_name: "Shop", fixed_count: -1 }],
    ["tasks", { user_class_name: "Shop", tasks: ["sleep"] }],
    ["tasks", { user_class_name: "Shop", tasks: [] }],
  ];
  for (const [field, body] of wrong) {
    test(`refuses ${JSON.stringify(body)}`, () => {
      assert.throws(() => createOrders().orders.changeClass(body), refusedFor(field));
    });
  }

  test("withSettings() leaves other classes as they are", () => {
    const other = { ...SHOP, name: "Other" };
    assert.deepEqual(withSettings([other], [{ user_class_name: "Shop", weight: 9 }]), [other]);
  });
});
