/**
 * An answer with status 200 need not be the right one. Ways to check it, and to leave a task early when something is wrong.
 * Check at least the last step of a sequence.
 */
import assert from "node:assert/strict";
import { constant, HttpUser, RescheduleTask, task } from "locust-ts";

interface Cart {
  readonly lines: readonly { readonly item: number; readonly count: number }[];
}

export class Careful extends HttpUser {
  override waitTime = constant(1);

  override async onStart() {
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
  }

  /** A block: the verdict counts; without one the status decides. The sample is counted at the end of the block. */
  @task
  async home() {
    await using res = await this.client.get("/", { catchResponse: true });
    if (!(await res.text()).includes("Demo shop")) res.failure("no heading on the start page");
    else if (res.elapsed > 500) res.failure("slower than 500 ms");
  }

  /** A 404 that is expected: the page must not exist. */
  @task
  async gone() {
    await using res = await this.client.get("/items/999999", { catchResponse: true, name: "/items/[gone]" });
    if (res.status === 404) res.success();
  }

  /** A function as the block: if it throws, a sample without a verdict is not counted. */
  @task
  async skipWhatIsOut() {
    await this.client.get("/items/999999", {
      name: "/items/[maybe]",
      catchResponse: (res) => {
        if (res.status === 404) throw new RescheduleTask(); // ends the task
      },
    });
    await this.client.get("/offers");
  }

  /** JSON: an exception of the block, such as an assertion, is the failure. */
  @task
  async fillCart() {
    await this.client.rest<Cart>("POST", "/cart", { json: { item: 7 } }, (res) => {
      assert.ok(res.js.lines.some(({ item }) => item === 7), "item 7 is not in the cart");
    });
  }
}
