/**
 * Load that rises and falls. Each exported shape can be chosen by its name with `--shape`; `tick()` is asked once a second, in the
 * control thread, and its result is the target until it returns another one.
 */
import { constant, HttpUser, LoadTestShape, type ShapeResult, StagesShape, task } from "locust-ts";

export class Reader extends HttpUser {
  override waitTime = constant(1);

  @task
  async read() {
    await this.client.get("/items?page=1");
  }
}

export class Writer extends HttpUser {
  override waitTime = constant(2);

  override async onStart() {
    await this.client.post("/login", { json: { user: `customer${this.index}`, password: "secret" } });
  }

  @task
  async write() {
    await this.client.post("/cart", { json: { item: this.random.integer(1, 20) } });
  }
}

interface Stage {
  /** Seconds after the start at which the stage ends. */
  readonly until: number;
  readonly users: number;
  /** Users per second. */
  readonly spawnRate: number;
  /** Classes that new users may have. */
  readonly userClasses?: readonly (typeof Reader | typeof Writer)[];
}

/** A list of stages: readers come first, writers join them, then everybody stays, then half of them leave. */
export class StagesByClass extends LoadTestShape {
  readonly stages: readonly Stage[] = [
    { until: 10, users: 10, spawnRate: 5, userClasses: [Reader] },
    { until: 20, users: 20, spawnRate: 5, userClasses: [Writer] },
    { until: 30, users: 20, spawnRate: 0 }, // as many as there are: no user starts or stops
    { until: 40, users: 10, spawnRate: 10 },
  ];

  override tick(): ShapeResult {
    const stage = this.stages.find(({ until }) => this.runTime < until);
    if (stage === undefined) return null; // the end of the test
    return [stage.users, stage.spawnRate, stage.userClasses ?? null];
  }
}

/** Two peaks, as of noon and evening, drawn by a formula. */
export class TwoPeaks extends LoadTestShape {
  readonly lengthSeconds = 60;

  override tick(): ShapeResult {
    if (this.runTime >= this.lengthSeconds) return null;
    const day = this.runTime / this.lengthSeconds; // 0 … 1
    const users = Math.round(10 + 40 * Math.sin(2 * Math.PI * day) ** 2);
    return [users, Math.max(1, Math.abs(users - this.currentUsers))];
  }
}

/** This shape uses `-u`, `-r` and `-t`: it says so, and reads them. */
export class OnAndOff extends LoadTestShape {
  override useCommonOptions = true;

  override tick(): ShapeResult {
    const options = this.runner?.environment?.parsedOptions ?? {};
    const users = Number(options["numUsers"] ?? 10);
    const seconds = Number(options["runTime"] ?? 30);
    if (this.runTime >= seconds) return null;
    const isOn = Math.floor(this.runTime / 5) % 2 === 0;
    return [isOn ? users : 1, Number(options["spawnRate"] ?? users)];
  }
}

/** Steps that are held only once all their users are there, however long it takes to start them. */
export class HeldSteps extends LoadTestShape {
  readonly steps = [{ users: 10, seconds: 5 }, { users: 20, seconds: 5 }, { users: 5, seconds: 5 }];
  #step = 0;
  #isHeld = false;

  override tick(): ShapeResult {
    const step = this.steps[this.#step];
    if (step === undefined) return null;
    if (!this.#isHeld && this.currentUsers === step.users) {
      this.#isHeld = true;
      this.resetTime(); // runTime is 0 now
    }
    if (this.#isHeld && this.runTime >= step.seconds) {
      this.#step++;
      this.#isHeld = false;
    }
    return [step.users, 100];
  }
}

/** Ready-made: the text of `--stages`. */
export class Morning extends StagesShape {
  override stages = "10s:5,10s:20,10s:0";
}
