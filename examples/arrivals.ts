/**
 * An open load: iterations start at a fixed rate, however fast the shop answers. `locust-ts run examples/arrivals.ts` with
 * `-u 5` runs five browsing users beside the arrivals; `--rate 20/s` instead makes arrivals of both classes.
 */
import { between, HttpUser, task } from "locust-ts";

/** People who come, buy, and leave: ten a second, each with their own cookies. */
export class Buyer extends HttpUser {
  static override arrivalRate = "10/s poisson";
  static override iteration = "sequence" as const;
  static override freshUsers = true;
  static override maxUsers = 200;

  override waitTime = between(0.05, 0.2); // between the steps of one visit

  override async onStart() {
    await this.client.post("/login", { json: { user: `buyer${this.index}`, password: "secret" } });
  }

  @task
  async look() {
    await this.client.get("/items?page=1", { name: "/items?page=[n]" });
  }

  @task
  async order() {
    await this.client.post("/orders", { json: { item: this.random.integer(1, 20) } });
  }
}

/** A monitor whose checks are dropped, not delayed, when the shop hangs. */
export class Monitor extends HttpUser {
  static override arrivalRate = "2/s";
  static override maxUsers = 2;
  static override whenLate = "drop" as const;

  @task
  async health() {
    await this.client.get("/health");
  }
}

/** Ordinary users: they wait for the answer, then for a while. */
export class Browser extends HttpUser {
  override waitTime = between(0.5, 1);

  @task
  async browse() {
    await this.client.get(`/items?page=${this.random.integer(1, 9)}`, { name: "/items?page=[n]" });
  }
}
