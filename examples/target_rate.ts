/**
 * A rate that all users of a class keep together, over all threads and machines: 20 tasks a second with 5 users as with 500. Each
 * user waits for its answer; who has waited longest goes next. `locust-ts run examples/target_rate.ts -u 10`
 */
import { FastHttpUser, task } from "locust-ts";

/** Nine of ten tasks read; the rate is that of both together. */
export class Reader extends FastHttpUser {
  static override targetRate = "20/s";

  @task(9)
  async list() {
    await this.client.get(`/items?page=${this.random.integer(1, 9)}`, { name: "/items?page=[n]" });
  }

  @task
  async health() {
    await this.client.get("/health");
  }
}
