/**
 * Options of the locustfile: they are in `--help`, come from the environment and config files like built-in ones, are checked, and go
 * to all workers. Try `--help`, `--tenant emca` or `LOCUST_TENANT=emca`.
 */
import { constant, events, HttpUser, task } from "locust-ts";

events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--tenant", {
    choices: ["acme", "emca"],
    default: "acme",
    env: "LOCUST_TENANT",
    help: "Whose shop is visited",
  });
  parser.addArgument("--max-page", { type: "integer", default: 9, help: "Pages that are looked at" });
  parser.addArgument("--think-time", { type: "number", default: 0.5, help: "Seconds between two pages" });
  parser.addArgument("--with-search", { type: "boolean", help: "Search as well" });
  parser.addArgument("--words", { type: "list", default: ["lamp", "desk"], help: "What to search for" });
  parser.addArgument("--api-key", { default: "none", secret: true, help: "Sent as X-Api-Key; never shown" });
});

interface Options {
  readonly tenant: string;
  readonly maxPage: number;
  readonly thinkTime: number;
  readonly withSearch?: boolean;
  readonly words: readonly string[];
  readonly apiKey: string;
}

export class Visitor extends HttpUser {
  /** The keys are the long flags in camelCase. */
  readonly options = this.environment.parsedOptions as unknown as Options;
  override waitTime = constant(this.options.thinkTime);

  override onStart() {
    this.client.headers.set("x-tenant", this.options.tenant);
    this.client.headers.set("x-api-key", this.options.apiKey);
  }

  @task(3)
  async browse() {
    const page = this.random.integer(1, this.options.maxPage);
    await this.client.get(`/items?page=${page}`, { name: "/items?page=[n]" });
  }

  @task
  async search() {
    if (this.options.withSearch !== true) return;
    await this.client.get("/search", { params: { q: this.random.choice(this.options.words) }, name: "/search" });
  }
}
