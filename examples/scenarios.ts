/**
 * Several loads, side by side and one after the other: visitors who come and go, buyers at a rate, and an audit when the buyers have
 * left. `locust-ts check examples/scenarios.ts` draws them; `--scenario checkout` runs one of them alone.
 */
import { between, HttpUser, type Scenarios, tag, task } from "locust-ts";

export class Visitor extends HttpUser {
  override waitTime = between(0.1, 0.3);

  @task
  async browse() {
    await this.client.get(`/items?page=${this.random.integer(1, 9)}`, { name: "/items?page=[n]" });
  }
}

export class Customer extends HttpUser {
  override async onStart() {
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
  }

  @task
  async look() {
    await this.client.get("/cart");
  }

  @tag("buy")
  @task
  async order() {
    const { gift } = this.environment.parsedOptions;
    await this.client.post("/orders", { json: { item: this.random.integer(1, 20), gift: gift === true } });
  }
}

export const scenarios = {
  // People who look around: up to 20 within two seconds, for ten seconds, then fewer.
  browse: { users: Visitor, stages: "2s:20, 10s:20, 2s:0" },
  // Ten orders a second, even if the shop is slow, from second 2 on: only the tasks that buy.
  checkout: { users: Customer, arrivalRate: "10/s", startAfter: "1s", runTime: "8s", maxUsers: 50, tags: ["buy"] },
  // The same class once more, with its own users and figures, and another option.
  gifts: { users: Customer, userCount: 2, runTime: "5s", tags: ["buy"], options: { gift: true } },
  // When the last of the buyers is gone.
  audit: { users: Visitor, userCount: 1, startAfter: "checkout", runTime: "3s" },
} satisfies Scenarios;
