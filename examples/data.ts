/**
 * Test data for users: accounts from a CSV file, each used once in the whole run, over all threads and machines; search words in random
 * order; and values that all users share: one user prepares the test, all count their orders together.
 */
import { between, cluster, feed, HttpUser, StopUser, task } from "locust-ts";

/** The log says when all accounts are in use. A user that gets none waits for the end of the run. */
const accounts = feed.csv<{ user: string; password: string }>("credentials.csv", { unique: "run", onEnd: "wait" });

const words = feed.list(["lamp", "chair", "desk"], { name: "words", order: "shuffle" });

export class Buyer extends HttpUser {
  override waitTime = between(1, 3);

  override async onStart() {
    const { user, password } = await accounts.next(this);
    const res = await this.client.post("/login", { json: { user, password } });
    if (!res.ok) throw new StopUser();
  }

  @task(3)
  async search() {
    const word = await words.next(this);
    await this.client.get(`/search?q=${word}`, { name: "/search?q=[word]" });
  }

  @task
  async order() {
    // One user of the cluster looks it up, all get it.
    const item = await cluster.once("item", async () => {
      const res = await this.client.get("/items");
      const { items } = await res.json<{ items: readonly { id: number }[] }>();
      return items[0]?.id ?? 1;
    }, { user: this });
    const number = await cluster.counter("orders").add(1);
    await this.client.post("/cart", { json: { item, count: number % 3 + 1 } });
  }
}
