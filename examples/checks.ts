/**
 * Checks, metrics of your own, and transactions: what a test can count besides requests. `docs/checks-and-metrics.md`
 * describes all of them.
 */
import { between, checks, HttpUser, metrics, task } from "locust-ts";

const itemsShown = metrics.trend("items shown", "items");
const answerSize = metrics.trend("answer size", "B");
const orders = metrics.counter("orders");
const accepted = metrics.rate("order accepted");
const highestPrice = metrics.gauge("highest price", "cents");

/** The test fails (exit code 3) if one of these is not met. */
export const thresholds = [
  "checks > 95%",
  "checks{has items} > 99%",
  "metrics{items shown}: mean > 5",
  "transactions{visit}: busy_p95 < 2s",
];

export class Shopper extends HttpUser {
  override waitTime = between(0.1, 0.3);

  override async onStart() {
    await this.client.post("/login", { json: { user: `shopper${this.index}`, password: "secret" } });
  }

  @task(3)
  async browse() {
    const page = this.random.integer(1, 9);
    const res = await this.client.get(`/items?page=${page}`, { name: "/items?page=[n]" });
    await checks(res, {
      "is ok": (r) => r.ok,
      "is JSON": (r) => r.headers.get("content-type")?.startsWith("application/json"),
      "has items": async (r) => (await r.json<{ items: unknown[] }>()).items.length > 0,
    });
    const { items } = await res.json<{ items: { priceCents: number }[] }>();
    itemsShown.add(items.length);
    answerSize.add((await res.bytes()).length);
    highestPrice.set(Math.max(...items.map(({ priceCents }) => priceCents)));
  }

  @task
  async buy() {
    await this.transaction("visit", async () => {
      await this.client.get("/items?page=1", { name: "/items?page=[n]" });
      await this.sleep(0.2); // reads: think time, which the busy time leaves out
      await this.transaction("checkout", async () => {
        const res = await this.client.post("/orders", { json: { item: this.random.integer(1, 20) } });
        const { state } = await res.json<{ state: string }>();
        accepted.add(this.check("order is accepted", state === "accepted"));
        orders.add();
      });
    });
  }
}
