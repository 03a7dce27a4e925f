/**
 * Several steps in order: a `SequentialTaskSet` runs its tasks in the order of their declaration. Where methods and nested sets
 * mix, the order is stated in `tasks`, because JavaScript evaluates fields after methods.
 */
import { between, HttpUser, SequentialTaskSet, task } from "locust-ts";

/** The plain form: three steps, the middle one twice in a row. */
class Checkout extends SequentialTaskSet<Buyer> {
  @task
  async fillCart() {
    await this.client.post("/cart", { json: { item: this.user.item } });
  }

  @task(2)
  async lookAtCart() {
    await this.client.get("/cart");
  }

  @task
  async order() {
    await this.client.post("/orders");
    this.interrupt(); // the sequence would begin again
  }
}

/** The stated order: names are methods; a set is one step, which ends when it interrupts itself. */
class Visit extends SequentialTaskSet<Buyer> {
  static override tasks = ["login", ["browse", 3], Checkout, "leave"];

  async login() {
    await this.client.post("/login", { json: { user: `customer${this.user.index}`, password: "secret" } });
  }

  async browse() {
    this.user.item = this.random.integer(1, 20);
    await this.client.get(`/items/${this.user.item}`, { name: "/items/[id]" });
  }

  leave() {
    this.interrupt(false);
  }
}

export class Buyer extends HttpUser {
  static override tasks = [Visit];
  override waitTime = between(0.5, 1.5);
  item = 1;
}
