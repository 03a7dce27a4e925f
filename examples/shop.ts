/** Customers of the demo shop: some look around, a few buy. `npm start` runs this, and so does
 *  `locust-ts demo --port 8000` with `locust-ts run examples/shop.ts -H http://localhost:8000 -u 20 -r 5`. */
import { between, FastHttpUser, HttpUser, task } from "locust-ts";

export class Visitor extends FastHttpUser {
  static override weight = 3;
  override waitTime = between(0.5, 2); // seconds

  @task(5)
  async browse() {
    await this.client.get(`/items?page=${this.random.integer(1, 50)}`, { name: "/items?page=[n]" });
  }

  @task(2)
  async look() {
    await this.client.get(`/items/${this.random.integer(1, 1000)}`, { name: "/items/[id]" });
  }

  @task
  async search() {
    await this.client.get("/search", { params: { q: this.random.choice(["oak", "lamp", "clock"]) }, name: "/search" });
  }
}

export class Buyer extends HttpUser {
  override waitTime = between(1, 3);

  override async onStart() {
    await this.client.post("/login", { json: { user: `buyer${this.index}`, password: "secret" } });
  }

  @task
  async buy() {
    const item = this.random.integer(1, 1000);
    await this.client.get(`/items/${item}`, { name: "/items/[id]" });
    await this.client.post("/cart", { json: { item } });
    await using res = await this.client.post("/orders", { catchResponse: true });
    if (!res.ok) return; // counted as a failure by its status
    const order = await res.json<{ state: string }>();
    if (order.state !== "accepted") res.failure(`order was ${order.state}`);
  }
}
