import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../src/base/random.ts";
import { MAX_SESSIONS, type OrderOutcome, Shop } from "../../src/demo/shop.ts";

function openShop(errorRate: number, seed = 1): Shop {
  return new Shop({ errorRate, tokens: createRandom(seed, 1), luck: createRandom(seed, 2) });
}

test("Shop.login() takes any name and password but empty ones and the wrong one", () => {
  const shop = openShop(0);
  assert.equal(shop.login("", "secret"), undefined);
  assert.equal(shop.login("ada", ""), undefined);
  assert.equal(shop.login("ada", "wrong"), undefined);
  const token = shop.login("ada", "lovelace");
  assert.ok(token !== undefined);
  assert.equal(shop.session(token)?.user, "ada");
});

test("Shop.login() gives each login a cart of its own", () => {
  const shop = openShop(0);
  const first = shop.session(shop.login("ada", "x") as string);
  const second = shop.session(shop.login("ada", "x") as string);
  first?.cart.set(7, 1);
  assert.equal(second?.cart.size, 0);
});

test("Shop.login() forgets the oldest session, and only that, when there are too many", () => {
  const shop = openShop(0);
  const oldest = shop.login("first", "x") as string;
  const next = shop.login("second", "x") as string;
  for (let n = 2; n < MAX_SESSIONS; n++) shop.login(`user${n}`, "x");
  assert.equal(shop.session(oldest)?.user, "first");
  shop.login("one too many", "x");
  assert.equal(shop.session(oldest), undefined);
  assert.equal(shop.session(next)?.user, "second");
});

test("Shop.logout() ends that session alone", () => {
  const shop = openShop(0);
  const ada = shop.login("ada", "x") as string;
  const bob = shop.login("bob", "x") as string;
  shop.logout(ada);
  assert.equal(shop.session(ada), undefined);
  assert.equal(shop.session(bob)?.user, "bob");
});

function outcomes(shop: Shop, count: number): Record<OrderOutcome["kind"], number> {
  const found = { accepted: 0, declined: 0, unavailable: 0 };
  for (let n = 0; n < count; n++) found[shop.order().kind]++;
  return found;
}

test("Shop.order() fails as often as the error rate says, one half in each way", () => {
  const found = outcomes(openShop(0.1), 10_000);
  assert.ok(Math.abs(found.declined - 500) < 75, `${found.declined} declined`);
  assert.ok(Math.abs(found.unavailable - 500) < 75, `${found.unavailable} unavailable`);
});

test("Shop.order() never fails at 0 and always at 1", () => {
  assert.equal(outcomes(openShop(0), 100).accepted, 100);
  assert.equal(outcomes(openShop(1), 100).accepted, 0);
});

test("Shop.order() goes the same way for the same seed", () => {
  const sequence = (seed: number) => {
    const shop = openShop(0.5, seed);
    return Array.from({ length: 50 }, () => shop.order().kind);
  };
  assert.deepEqual(sequence(4), sequence(4));
  assert.notDeepEqual(sequence(4), sequence(5));
});
