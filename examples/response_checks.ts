/**
 * An answer with status 200 need not be the right one. Ways to look at it, and to leave a task early when something is wrong.
 * The last step of a flow is worth a check even where the others have none.
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

  /** A failure that is none: the page shall not be there. */
  @task
  async gone() {
    await using res = await this.client.get("/items/999999", { catchResponse: true, name: "/items/[gone]" });
    if (res.status === 404) res.success();
  }

  /** A function as the block: what it throws leaves it, and a sample without a verdict is not counted then. */
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

  /** JSON: what the block objects to is the failure, assertions too. */
  @task
  async fillCart() {
    await this.client.rest<Cart>("POST", "/cart", { json: { item: 7 } }, (res) => {
      assert.ok(res.js.lines.some(({ item }) => item === 7), "item 7 is not in the cart");
    });
  }
}
