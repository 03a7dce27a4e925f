/**
 * Each user logs in with its own credentials, from a file. `this.index` is unique over all threads and workers of a run, so no
 * two users share an account, and nothing must be distributed.
 */
import { readFileSync } from "node:fs";
import { between, events, HttpUser, StopUser, task } from "locust-ts";

interface Account {
  readonly user: string;
  readonly password: string;
}

/** Read once per run, in the control thread, and given to every user of every worker as `environment.shared`. */
events.runSetup.addListener((): { accounts: readonly Account[] } => {
  const [, ...lines] = readFileSync(new URL("./credentials.csv", import.meta.url), "utf8").trim().split("\n");
  const accounts = lines.map((line) => {
    const [user = "", password = ""] = line.split(",");
    return { user, password };
  });
  return { accounts };
});

export class Member extends HttpUser {
  override waitTime = between(1, 3);

  override async onStart() {
    const { accounts } = this.environment.shared as { accounts: readonly Account[] };
    const account = accounts[this.index % accounts.length];
    const res = await this.client.post("/login", { json: account });
    if (!res.ok) throw new StopUser(); // the failed login is counted; to continue would only fail everything else
  }

  @task
  async cart() {
    await this.client.get("/cart");
  }
}
