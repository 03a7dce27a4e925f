/** Testing a JSON API: `rest()` sends and reads JSON, and counts an exception of its block as a failure. */
import assert from "node:assert/strict";
import { constantThroughput, FastHttpUser, task } from "locust-ts";

interface Cart {
  readonly lines: readonly { readonly item: number; readonly count: number }[];
}

export class ApiUser extends FastHttpUser {
  override waitTime = constantThroughput(1); // tasks per second and user

  override async onStart() {
    await this.client.post("/login", { json: { user: `api${this.index}`, password: "secret" } });
  }

  @task
  async fillCart() {
    const item = this.random.integer(1, 1000);
    await this.client.rest<Cart>("POST", "/cart", { json: { item, count: 2 } }, (res) => {
      assert.ok(res.js.lines.some((line) => line.item === item), "item is not in the cart");
    });
    await this.client.rest("PUT", `/cart/${item}`, { json: { count: 3 }, name: "/cart/[id]" });
    await this.client.rest("DELETE", `/cart/${item}`, { name: "/cart/[id]" });
  }

  @task
  async readItem() {
    const id = this.random.integer(1, 1000);
    await this.client.rest<{ id: number }>("GET", `/items/${id}`, { name: "/items/[id]" }, (res) => {
      if (res.js.id !== id) res.failure("another item than the one that was asked for");
    });
  }
}
