// One journey from the first page to the order, in the order of its steps. In the demo shop one order in ten fails, half of them
// with status 503 and half with an answer that looks fine: the table of failures shows both (`locust-ts demo --error-rate 0`: none).
// See each request and answer once:  locust-ts run locustfile.ts -H http://localhost:8000 --once
import { between, HttpUser, SequentialTaskSet, task } from "locust-ts";

interface Page {
  readonly items: readonly { readonly id: number; readonly priceCents: number }[];
}

interface Order {
  readonly order: number;
  readonly state: "accepted" | "declined";
}

/** The steps, each with the user's wait time behind it. Not exported: it is a part of the customer below. */
class Checkout extends SequentialTaskSet<Customer> {
  #item = 1;

  @task
  async browse() {
    const page = this.random.integer(1, 50);
    await using res = await this.client.get(`/items?page=${page}`, { name: "/items?page=[n]", catchResponse: true });
    if (!res.ok) return this.interrupt(); // counted by its status; without a page there is nothing to buy
    const { items } = await res.json<Page>();
    if (items.length === 0) res.failure("a page without items");
    else this.#item = this.random.choice(items).id;
  }

  @task
  async look() {
    await this.client.get(`/items/${this.#item}`, { name: "/items/[id]" });
  }

  @task
  async putIntoCart() {
    await this.client.post("/cart", { json: { item: this.#item } });
  }

  @task
  async order() {
    // Counted only at the end of the block, when it is known whether it worked.
    await using res = await this.client.post("/orders", { catchResponse: true });
    if (!res.ok) return;
    const { state } = await res.json<Order>();
    if (state !== "accepted") res.failure(`the order was ${state}`); // no ids or times in it: failures are grouped by their text
  }

  @task
  async leave() {
    await this.client.delete("/cart"); // what was not ordered
    this.interrupt(); // back to the customer, who begins the next journey
  }
}

export class Customer extends HttpUser {
  static override tasks = [Checkout];
  override waitTime = between(0.5, 1.5);

  override async onStart() {
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
  }
}
