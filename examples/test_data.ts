/**
 * The moments at which test data can be fetched, in the order in which they come. What is fetched through `this.client` is counted;
 * what is fetched with the runtime's own `fetch` is not.
 */
import { constant, events, HttpUser, task, WorkerRunner } from "locust-ts";

// 1. The locustfile is read: in the control thread, and in each thread that runs users. Keep it quick, and the same everywhere.
const WORDS = ["lamp", "chair", "desk"];

// 2. Each of those threads is set up.
events.init.addListener(({ environment }) => {
  const where = environment.runner instanceof WorkerRunner ? "a thread that runs users" : "the control thread";
  console.log(`2. init in ${where}`);
});

interface RunData {
  readonly pages: number;
}

// 3. Once per run, before its first user: what this returns is `environment.shared` for every user of every worker.
events.runSetup.addListener(async ({ environment }): Promise<RunData> => {
  console.log("3. runSetup");
  const answer = await fetch(`${environment.host ?? "http://localhost:8000"}/items?page=1`); // not counted
  const { pages } = await answer.json() as { readonly pages: number };
  return { pages };
});

export class Shopper extends HttpUser {
  override waitTime = constant(1);
  #name = "";

  // 4. Each user starts. Its index is unique in the run: a key to data that no two users may share.
  override async onStart() {
    this.#name = `customer${this.index}`;
    await this.client.post("/login", { json: { user: this.#name, password: "secret" } });
  }

  // 5. Each task: data for one iteration.
  @task
  async browse() {
    const { pages } = this.environment.shared as RunData;
    const page = this.random.integer(1, pages);
    const res = await this.client.get(`/items?page=${page}`, { name: "/items?page=[n]" });
    const { items } = await res.json<{ readonly items: readonly { readonly id: number }[] }>();
    await this.client.get(`/items/${this.random.choice(items).id}`, { name: "/items/[id]" });
    await this.client.get("/search", { params: { q: this.random.choice(WORDS) }, name: "/search" });
  }

  // 6. Each user stops: give back what it took.
  override async onStop() {
    await this.client.post("/logout");
  }
}

// 7. After the last user, in each thread and in the control thread. 8. Once per run, also after a failure.
events.testStop.addListener(() => console.log("7. testStop"));
events.runTeardown.addListener(() => console.log("8. runTeardown"));
