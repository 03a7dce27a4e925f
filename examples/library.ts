/** Load from your own program: start users, wait, read the statistics, decide. Run it with `bun examples/library.ts`, while
 *  `locust-ts demo --port 8000` runs. In a `node:test` or vitest test it is the same, with assertions at the end. */
import { between, createLocalRunner, Environment, HttpUser, task } from "locust-ts";

class Visitor extends HttpUser {
  override waitTime = between(0.1, 0.3); // seconds

  @task
  async browse() {
    await this.client.get(`/items?page=${this.random.integer(1, 9)}`, { name: "/items?page=[n]" });
  }
}

const environment = new Environment({ userClasses: [Visitor], host: process.env["HOST"] ?? "http://localhost:8000" });
environment.events.testStop.addListener(() => console.log("the users are gone"));

await using runner = createLocalRunner(environment);
await runner.start(5, 10); // users, users per second
await new Promise((resolve) => setTimeout(resolve, 3000));
await runner.stop();

const { total } = runner.stats;
console.log(`${total.numRequests} requests, ${total.numFailures} failed, median ${total.medianResponseTime} ms`);
if (total.numRequests === 0 || total.failRatio > 0.01 || total.getResponseTimePercentile(0.95) > 500) {
  process.exitCode = 1;
}
