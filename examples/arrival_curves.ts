/**
 * Arrival rates in the form of a curve: stages from a formula, one a second. `locust-ts check examples/arrival_curves.ts` draws them,
 * `locust-ts run examples/arrival_curves.ts` runs them for a minute.
 */
import { FastHttpUser, task } from "locust-ts";

const SECONDS = 60;

/** Straight lines between the rates of each second. */
function curve(perSecondAt: (second: number) => number): string {
  const stages = Array.from({ length: SECONDS }, (_, second) => `1s:${perSecondAt(second + 1).toFixed(3)}/s`);
  return [`0s:${perSecondAt(0).toFixed(3)}/s`, ...stages].join(", ");
}

/** A rate that swings around a mean, as vegeta's sine pacer does. */
function sine(mean: number, swing: number, periodSeconds: number): string {
  return curve((second) => mean + swing * Math.sin(2 * Math.PI * second / periodSeconds));
}

/** A given number of arrivals, with few of them at the beginning and at the end: Gatling's `stressPeakUsers`. */
function peak(arrivals: number): string {
  const width = SECONDS / 4;
  return curve((second) =>
    arrivals / (width * Math.sqrt(Math.PI)) * Math.exp(-(((second - SECONDS / 2) / width) ** 2))
  );
}

export class Reader extends FastHttpUser {
  static override arrivalRate = sine(10, 8, 20);

  @task
  async list() {
    await this.client.get("/items?page=1", { name: "/items?page=[n]" });
  }
}

export class Visitor extends FastHttpUser {
  static override arrivalRate = peak(100);

  @task
  async look() {
    await this.client.get("/items/7", { name: "/items/[id]" });
  }
}
