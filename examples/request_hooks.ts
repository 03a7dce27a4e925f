/** Actions for each request: log slow ones, add a header, leave a task when a request failed. */
import { constant, events, HttpUser, RescheduleTask, task } from "locust-ts";

const SLOW_MS = 200;

// Called after each request, in the thread of its user. Listeners must be quick: the users of the thread wait for them.
events.request.addListener((e) => {
  if (e.responseTime !== null && e.responseTime > SLOW_MS) {
    console.log(
      `slow: ${e.requestType} ${e.name} took ${Math.round(e.responseTime)} ms (customer ${e.context["customer"]})`,
    );
  }
});

// Registered in `init`, a listener sees the request after it has been counted. The client's call throws its exceptions:
// a task ends at its first failed request, without an `if` after each of them.
events.init.addListener(() => {
  events.request.addListener((e) => {
    if (e.exception !== null) throw new RescheduleTask();
  });
});

export class Customer extends HttpUser {
  override waitTime = constant(1);

  /** Goes to the listeners of `events.request` with each request of this user. */
  override context() {
    return { customer: this.index };
  }

  override async onStart() {
    this.client.headers.set("accept-language", "en");
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
  }

  @task
  async order() {
    await this.client.post("/cart", { json: { item: 7 } });
    await this.client.post("/orders"); // fails now and then, and then the cart is not requested
    await this.client.get("/cart");
  }
}
