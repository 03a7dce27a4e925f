/**
 * Ways to wait between two tasks. A wait time is a function of seconds: a ready-made one, one of your own, or one that a user or a
 * set has as a method. It is asked after each task; `this` is the user, or the set that has it.
 */
import { between, constantPacing, constantThroughput, HttpUser, task, TaskSet, type WaitTime } from "locust-ts";

/** Think times are often log-normal: most are short, few are long. */
function thinkTime(medianSeconds: number, spread = 0.5): WaitTime {
  return function () {
    const gaussian = Math.sqrt(-2 * Math.log(1 - this.random.float())) * Math.cos(2 * Math.PI * this.random.float());
    return medianSeconds * Math.exp(spread * gaussian);
  };
}

export class Reader extends HttpUser {
  override waitTime = thinkTime(0.8);

  @task
  async read() {
    await this.client.get("/items?page=1");
  }
}

/** Gets slower and slower: what it remembers is its own, each user has one. */
export class Tired extends HttpUser {
  #lastWait = 0;

  override waitTime() {
    this.#lastWait += 0.2;
    return this.#lastWait;
  }

  @task
  async home() {
    await this.client.get("/");
  }
}

/** Begins a task every second, however long it takes; as `constantThroughput(1)` does. */
export class Poller extends HttpUser {
  override waitTime = constantPacing(1);

  @task
  async poll() {
    await this.client.get("/offers");
  }
}

/** A set with a rhythm of its own within a user that has another. */
class Skim extends TaskSet<Visitor> {
  override waitTime = constantThroughput(4);
  #left = 8;

  @task
  async turnPage() {
    await this.client.get(`/items?page=${this.random.integer(1, 9)}`, { name: "/items?page=[n]" });
    if (--this.#left === 0) this.interrupt();
  }
}

export class Visitor extends HttpUser {
  static override tasks = [Skim];
  override waitTime = between(1, 2);

  @task
  async lookTwice() {
    await this.client.get("/items/7", { name: "/items/[id]" });
    await this.wait(); // a wait in the middle of a task, by the user's own rule
    await this.client.get("/items/7", { name: "/items/[id]" });
  }
}
