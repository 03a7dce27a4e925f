/**
 * Users that move between parts of a shop: sets of tasks, nested two deep, with a wait time of their own and a way out.
 * A set keeps its user until a task calls `interrupt()`; then the set around it picks the next task.
 */
import { between, constant, HttpUser, tag, task, TaskSet } from "locust-ts";

/** Within a listing: looks at items quickly, one after the other, and goes back after a while. */
class Item extends TaskSet<Shopper> {
  override waitTime = constant(0.5); // in this set only

  @task(4)
  async look() {
    await this.client.get(`/items/${this.random.integer(1, 20)}`, { name: "/items/[id]" });
  }

  @task
  async take() {
    const item = this.random.integer(1, 20);
    await this.client.post("/cart", { json: { item } });
    this.user.itemsTaken++;
    this.interrupt(); // back to the listing, at once
  }

  @task(2)
  back() {
    this.interrupt(false); // back to the listing, after a wait
  }
}

/** The listing. */
class Browse extends TaskSet<Shopper> {
  override async onStart() {
    await this.client.get("/items?page=1");
  }

  @task(3)
  async turnPage() {
    await this.client.get(`/items?page=${this.random.integer(2, 9)}`, { name: "/items?page=[n]" });
  }

  @task(2)
  static Item = Item;

  @task
  leave() {
    if (this.user.itemsTaken > 0) this.user.wantsToPay = true;
    this.interrupt();
  }
}

export class Shopper extends HttpUser {
  override waitTime = between(1, 3);
  itemsTaken = 0;
  wantsToPay = false;

  override async onStart() {
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
  }

  @task(5)
  static Browse = Browse;

  @tag("search")
  @task(2)
  async search() {
    await this.client.get("/search", { params: { q: this.random.choice(["lamp", "chair", "desk"]) }, name: "/search" });
  }

  @task
  async pay() {
    if (!this.wantsToPay) return;
    await this.client.post("/orders");
    this.itemsTaken = 0;
    this.wantsToPay = false;
  }
}
