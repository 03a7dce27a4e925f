/**
 * Rows for things other than requests: a step of several requests, a computation, another protocol. `events.request.measure` counts the
 * time of a function and its exception; a decorator and a block need only a few lines around it.
 */
import { constant, events, HttpUser, task } from "locust-ts";

/** A decorator: the whole task is a row of the type `manual` with the task's name. */
function reported<This, Args extends unknown[]>(
  method: (this: This, ...args: Args) => Promise<void>,
  context: ClassMethodDecoratorContext,
) {
  return function (this: This, ...args: Args): Promise<void> {
    return events.request.measure("manual", String(context.name), () => method.apply(this, args));
  };
}

/** A block: `using _ = report("name")` counts the time to the end of the block it stands in. */
function report(name: string): Disposable {
  const startTime = Date.now() / 1000;
  const startMs = performance.now();
  return {
    [Symbol.dispose]() {
      const responseTime = performance.now() - startMs;
      events.request.fire({ requestType: "manual", name, responseTime, responseLength: 0, exception: null, startTime });
    },
  };
}

export class Shopper extends HttpUser {
  override waitTime = constant(1);

  @task
  @reported
  async visit() {
    await this.client.get("/");
    await this.client.get("/items?page=1");
  }

  @task
  async lookAround() {
    using _ = report("look around");
    await this.client.get("/offers");
    await this.client.get("/items/7", { name: "/items/[id]" });
  }

  /** An exception of the function is the failure of its row and goes no further. */
  @task
  async sortItems() {
    const res = await this.client.get("/items?page=2");
    await events.request.measure("compute", "sort items", async () => {
      const { items } = await res.json<{ readonly items: readonly { readonly id: number }[] }>();
      items.toSorted((a, b) => b.id - a.id);
    });
  }
}
