/** One test, two systems: the shop, which -H names, and a second service with its own client. */
import process from "node:process";
import { between, FastHttpUser, HttpUser, task } from "locust-ts";

/** Where the second service is: an environment variable, so that the locustfile runs anywhere. */
const SEARCH_HOST = process.env["SEARCH_HOST"] ?? "http://localhost:8000";

/** A class may have its own host. -H overrides it, so leave -H out to use it. */
export class Searcher extends FastHttpUser {
  static override host = SEARCH_HOST;
  override waitTime = between(1, 2);

  @task
  async search() {
    await this.client.get("/search?q=lamp", { name: "search: /search" });
  }
}

/** A user that talks to both: an absolute URL is used as it is, on a separate connection. */
export class Shopper extends HttpUser {
  static override host = "http://localhost:8000";
  override waitTime = between(1, 2);

  @task
  async findAndLook() {
    const found = await this.client.get(`${SEARCH_HOST}/search?q=oak`, { name: "search: /search" });
    if (!found.ok) return;
    const { items } = await found.json<{ items: readonly { id: number }[] }>();
    if (items.length === 0) return;
    await this.client.get(`/items/${this.random.choice(items).id}`, { name: "/items/[id]" });
  }
}
