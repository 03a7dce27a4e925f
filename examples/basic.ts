/** The smallest locustfile that is worth running: one kind of user, two tasks, a pause between them. */
import { between, HttpUser, task } from "locust-ts";

export class Visitor extends HttpUser {
  override waitTime = between(1, 5); // seconds

  /** Three times as often as `items`. */
  @task(3)
  async home() {
    await this.client.get("/");
  }

  @task
  async items() {
    await this.client.get("/items?page=1");
  }
}
