/**
 * One user in the main thread, where breakpoints hold: `locust-ts debug examples/debugging.ts -H http://localhost:8000`, or from an
 * editor's debugger with `bun examples/debugging.ts`. As a locustfile it runs like any other.
 */
import { constant, HttpUser, runSingleUser, StopUser, task } from "locust-ts";

export class Visitor extends HttpUser {
  static override host = "http://localhost:8000";
  override waitTime = constant(1);

  @task
  async home() {
    const res = await this.client.get("/");
    const text = await res.text(); // a good line for a breakpoint
    if (text === "") throw new StopUser();
  }
}

if (import.meta.main) await runSingleUser(Visitor);
