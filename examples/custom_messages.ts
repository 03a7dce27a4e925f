/**
 * Messages between the control thread and the threads that run users, in a local run as over many machines. The control thread gives
 * out accounts when the test starts, the threads acknowledge each one they use, and the control thread counts.
 */
import { constant, events, HttpUser, StopUser, task } from "locust-ts";

interface Accounts {
  readonly names: readonly string[];
}

/** In a thread: what is not in use. Every thread gets all names; the index of a user says which is its own. */
let names: readonly string[] = [];
let acknowledged = 0;

events.init.addListener(({ runner }) => {
  if (runner === undefined) return;
  if (runner.role === "worker") {
    runner.registerMessage("accounts", ({ data }) => {
      ({ names } = data as Accounts);
    });
    return;
  }
  runner.registerMessage("accountUsed", ({ data, workerId }) => {
    acknowledged++;
    console.log(`${String(data)} is in use on ${workerId ?? "an unknown worker"}`);
  });
});

// The control thread sends before the first user starts. Without a worker's id it goes to all threads of all workers.
events.testStart.addListener(({ environment: { runner } }) => {
  if (runner?.role !== "master") return;
  const data: Accounts = { names: Array.from({ length: 1000 }, (_, n) => `customer${n}`) };
  runner.sendMessage("accounts", data);
});

events.testStop.addListener(({ environment: { runner } }) => {
  if (runner?.role === "master") console.log(`${acknowledged} accounts were used`);
});

export class Customer extends HttpUser {
  override waitTime = constant(1);

  override async onStart() {
    while (names.length === 0) await this.sleep(0.05); // the message may still be on its way
    const name = names[this.index];
    if (name === undefined) throw new StopUser(); // more users than accounts
    await this.client.post("/login", { json: { user: name, password: "secret" } });
    this.environment.runner?.sendMessage("accountUsed", name);
  }

  @task
  async browse() {
    await this.client.get("/items?page=1");
  }
}
