/**
 * All events for a locustfile, in the order in which they fire. Events of users fire in the
 * threads, the others in the control thread, next to the master; `testStart`, `testStopping` and `testStop` on both sides.
 */
import { constant, EventHook, events, HttpUser, task } from "locust-ts";

/** What workers add to their reports: filled in the threads, read in the control thread. */
interface Report {
  readonly orders?: number;
}

/** Your own event: so parts of a locustfile need not know each other. */
const ordered = new EventHook<{ readonly customer: number }>("ordered");

let ordersSinceReport = 0; // in a thread
let ordersTotal = 0; // in the control thread

ordered.addListener(() => ordersSinceReport++);

// Once in each thread and in the control thread: everything exists, nothing runs. An exception here ends the program.
events.init.addListener(({ environment, runner }) => {
  console.log(`init: ${runner?.role ?? "alone"}, ${environment.userClasses.length} user class(es)`);
});

// Once per run in the control thread, before its first user. Its result is `environment.shared`, for all users.
events.runSetup.addListener(() => ({ startedBy: "examples/events.ts" }));

// Async listeners are awaited: no user starts before they are done.
events.testStart.addListener(async ({ environment }) => {
  await Promise.resolve();
  if (environment.runner?.role === "master") console.log("testStart");
});

events.spawningComplete.addListener(({ userCount }) => console.log(`spawningComplete: ${userCount} users`));

// The frames of `tb` are lines of this file.
events.userError.addListener(({ userInstance, exception, tb }) => {
  console.error(`userError in user ${userInstance.index}: ${exception} at ${tb[0] ?? "an unknown place"}`);
});

// Once a second in each thread; what is in `data` arrives at `workerReport`.
events.reportToMaster.addListener(({ data }) => {
  data["orders"] = ordersSinceReport;
  ordersSinceReport = 0;
});

events.workerReport.addListener(({ data }) => {
  ordersTotal += (data as Report).orders ?? 0;
});

events.testStop.addListener(({ environment }) => {
  if (environment.runner?.role === "master") console.log(`testStop: ${ordersTotal} orders`);
});

// Also after Ctrl-C and after a failed setup.
events.runTeardown.addListener(({ shared }) => console.log(`runTeardown of ${JSON.stringify(shared)}`));

// The newest listener first. Here the exit code can be decided.
events.quitting.addListener(({ environment }) => {
  if (environment.runner?.role === "master") console.log(`quitting: ${environment.stats.numRequests} requests`);
});

export class Customer extends HttpUser {
  override waitTime = constant(1);

  override async onStart() {
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
  }

  @task(3)
  async browse() {
    await this.client.get("/items?page=1");
  }

  @task
  async order() {
    await this.client.post("/cart", { json: { item: 7 } });
    const answer = await this.client.post("/orders");
    if (answer.ok) ordered.fire({ customer: this.index });
  }
}
