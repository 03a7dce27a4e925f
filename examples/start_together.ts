/**
 * Nobody acts before everybody is there: users log in as they come and wait in `onStart` until the last one has been started.
 * `spawningComplete` is heard in the threads too, so it opens a gate in each of them.
 */
import { constant, events, HttpUser, task } from "locust-ts";

let gate = Promise.withResolvers<void>();

// One gate for each run of this thread: a second run waits as the first one did.
events.testStart.addListener(() => {
  gate = Promise.withResolvers();
});
events.spawningComplete.addListener(() => gate.resolve());

export class Runner extends HttpUser {
  override waitTime = constant(0.5);

  override async onStart() {
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
    await Promise.race([gate.promise, aborted(this.signal)]); // a run that is stopped meanwhile must not hang
  }

  @task
  async rush() {
    await this.client.get("/offers");
  }
}

/** Resolves when the user must stop. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
