// Load on a JSON API: typed answers, checks that count as failures, and a rate that does not sink when answers become slow.
// See each request and answer once:  locust-ts run locustfile.ts -H http://localhost:8000 --once
import { constantThroughput, FastHttpUser, tag, task } from "locust-ts";

interface Item {
  readonly id: number;
  readonly name: string;
  readonly priceCents: number;
}

interface Cart {
  readonly lines: readonly { readonly item: number; readonly count: number }[];
  readonly totalCents: number;
}

/** FastHttpUser does less for each request than HttpUser: more load from one machine, the same code. */
export class ApiClient extends FastHttpUser {
  // Tasks per second and user, whatever the answers take: 50 users start 100 tasks a second.
  override waitTime = constantThroughput(2);

  override async onStart() {
    // This API has sessions by cookie. For a token: this.client.headers.set("authorization", `Bearer ${token}`);
    await this.client.post("/login", { json: { user: `api${this.index}`, password: "secret" } });
  }

  // `--tags read` runs only the tasks with this tag.
  @tag("read")
  @task(5)
  async readItem() {
    const id = this.random.integer(1, 1000);
    // rest() sends and reads JSON. What the function at the end objects to, or throws, is the request's failure.
    await this.client.rest<Item>("GET", `/items/${id}`, { name: "/items/[id]" }, (res) => {
      if (res.js.id !== id) res.failure("another item than the one that was asked for");
      else if (res.js.priceCents <= 0) res.failure("an item without a price");
    });
  }

  @tag("write")
  @task
  async changeCart() {
    const item = this.random.integer(1, 1000);
    await this.client.rest<Cart>("POST", "/cart", { json: { item, count: 1 } }, (res) => {
      if (!res.js.lines.some((line) => line.item === item)) res.failure("the item is not in the cart");
    });
    await this.client.rest<Cart>("PUT", `/cart/${item}`, { json: { count: 3 }, name: "/cart/[id]" }, (res) => {
      if (res.js.lines.find((line) => line.item === item)?.count !== 3) res.failure("the count did not change");
    });
    await this.client.delete(`/cart/${item}`, { name: "/cart/[id]" });
  }
}
