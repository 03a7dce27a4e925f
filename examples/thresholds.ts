/**
 * A run that decides by itself whether it was good enough: the exit code is 3 when too many requests failed or the answers were
 * too slow, so that a build fails with it. It also gives up early when nearly everything fails.
 */
import { between, events, HttpUser, task } from "locust-ts";

const MAX_FAIL_RATIO = 0.01;
const MAX_P95_MS = 300;

/** The exit code for crossed thresholds. */
const THRESHOLD_CROSSED = 3;

// The control thread has the statistics of the whole run. `quitting` is fired when they are complete.
events.quitting.addListener(({ environment }) => {
  const { total } = environment.stats;
  const problems: string[] = [];
  if (total.failRatio > MAX_FAIL_RATIO) problems.push(`${(total.failRatio * 100).toFixed(1)} % of the requests failed`);
  const p95 = total.getResponseTimePercentile(0.95);
  if (p95 > MAX_P95_MS) problems.push(`the 95th percentile is ${Math.round(p95)} ms`);
  for (const problem of problems) console.error(`threshold crossed: ${problem}`);
  environment.processExitCode = problems.length > 0 ? THRESHOLD_CROSSED : 0;
});

// Workers report once a second: the moment to look whether going on makes sense. Only the control thread gets the reports.
events.init.addListener(({ runner }) => {
  events.workerReport.addListener(() => {
    if (runner === undefined) return;
    if (runner.stats.numRequests > 100 && runner.stats.total.failRatio > 0.5) runner.quit();
  });
});

export class Visitor extends HttpUser {
  override waitTime = between(0.5, 1);

  @task
  async browse() {
    await this.client.get(`/items?page=${this.random.integer(1, 50)}`, { name: "/items?page=[n]" });
  }
}
