// A locustfile is a program: each exported class is a kind of user, each method with @task is something that such a user does.
// See each request and answer once:  locust-ts run locustfile.ts -H http://localhost:8000 --once
import { between, HttpUser, task } from "locust-ts";

/** Looks around. */
export class Visitor extends HttpUser {
  // Three visitors for each customer.
  static override weight = 3;

  // The pause after each task, in seconds: the time that people read.
  override waitTime = between(1, 3);

  // Once for each user, before its first task. Cookies are kept from here on, as in a browser.
  override async onStart() {
    await this.client.get("/");
  }

  // Tasks are drawn by weight: this one three times as often as `search`.
  @task(3)
  async browse() {
    const page = this.random.integer(1, 50); // `--seed` repeats what this.random draws
    // With a name, all pages share one row of the statistics.
    await this.client.get(`/items?page=${page}`, { name: "/items?page=[n]" });
  }

  @task
  async search() {
    const q = this.random.choice(["oak", "lamp", "clock"]);
    await this.client.get("/search", { params: { q }, name: "/search" });
  }
}

/** Has an account, and puts things into a cart. */
export class Customer extends HttpUser {
  override waitTime = between(2, 5);

  override async onStart() {
    // this.index is unique in the whole run: an account for each user.
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
  }

  @task
  async fillCart() {
    const item = this.random.integer(1, 1000);
    await this.client.post("/cart", { json: { item } });

    // An answer with status 200 may still be wrong. With catchResponse you decide; what you leave open, the status decides.
    await using cart = await this.client.get("/cart", { catchResponse: true });
    if (cart.ok && (await cart.json<{ lines: unknown[] }>()).lines.length !== 1) {
      cart.failure("the cart is not what was put in");
    }

    await this.client.delete("/cart");
  }
}
