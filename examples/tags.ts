/**
 * Requests by region and plan: rows split by tags, thresholds on one value, and URLs with ids that are one row without a name.
 * `docs/checks-and-metrics.md` has all of it.
 */
import { between, HttpUser, task } from "locust-ts";

const REGIONS = ["eu", "us"];

/** Each is about the requests with one value of a tag, the last about one row of them. */
export const thresholds = [
  "tag region=eu: p95 < 2s, failures < 1%",
  "tag plan=pro: p95 < 2s",
  "tag plan=free GET /items*: p95 < 2s",
];

abstract class Shopper extends HttpUser {
  override waitTime = between(0.05, 0.1);

  override async onStart() {
    this.tags = { ...this.tags, region: REGIONS[this.index % REGIONS.length] };
    await this.client.post("/login", { json: { user: `shopper${this.index}`, password: "secret" } });
  }

  /** More than 20 of these URLs are one row: `/items/[id]`. */
  @task(3)
  async look() {
    await this.client.get(`/items/${this.random.integer(1, 200)}`);
  }

  @task
  async browse() {
    await this.client.get("/items?page=1", { tags: { cached: true } });
  }
}

export class FreeShopper extends Shopper {
  static override abstract = false;
  static override tags = { plan: "free" };
  static override weight = 3;
}

export class ProShopper extends Shopper {
  static override abstract = false;
  static override tags = { plan: "pro" };
}
