// A load that rises and falls by a plan of its own. The exported shape decides how many users there are, so -u and -r are not
// needed; `null` ends the run. In the web UI the start form draws the plan.
import { between, HttpUser, LoadTestShape, type ShapeResult, task } from "locust-ts";

interface Stage {
  /** For the reader. */
  readonly name: string;
  /** How long it lasts. */
  readonly seconds: number;
  /** The users that it leads to. */
  readonly users: number;
  /** Users started or stopped per second on the way there. */
  readonly perSecond: number;
}

/** Warm up, hold, break in with a spike, recover. Looks at the clock once a second. */
export class WorkingDay extends LoadTestShape {
  readonly stages: readonly Stage[] = [
    { name: "warm-up", seconds: 10, users: 10, perSecond: 2 },
    { name: "morning", seconds: 20, users: 20, perSecond: 2 },
    { name: "spike", seconds: 5, users: 60, perSecond: 20 },
    { name: "recovery", seconds: 20, users: 20, perSecond: 20 },
    { name: "evening", seconds: 5, users: 0, perSecond: 5 },
  ];

  override tick(): ShapeResult {
    let end = 0;
    for (const { seconds, users, perSecond } of this.stages) {
      end += seconds;
      if (this.runTime < end) return [users, perSecond];
    }
    return null;
  }
}

// Ready-made shapes need no tick(): StagesShape, RampShape, SpikeShape, StepsShape and DoubleWaveShape. Without any code:
//   locust-ts run locustfile.ts -H http://localhost:8000 --stages 30s:10,2m:50,30s:0   (then delete the class above)

export class Visitor extends HttpUser {
  override waitTime = between(1, 2);

  @task(4)
  async browse() {
    await this.client.get(`/items?page=${this.random.integer(1, 50)}`, { name: "/items?page=[n]" });
  }

  @task
  async look() {
    await this.client.get(`/items/${this.random.integer(1, 1000)}`, { name: "/items/[id]" });
  }
}
