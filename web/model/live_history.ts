/**
 * The history of the run on the page: steps that come with ticks, and steps that the server is asked for where some are missing, or
 * where there are so many that it should send them thinned. Of one run at a time.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { SummarySpan } from "../../src/report/summary/summary.ts";
import type { ApiClient } from "../source/api_client.ts";
import { HeatHistory } from "./heat_history.ts";
import { MAX_STEPS, RunHistory } from "./history.ts";

export class LiveHistory {
  readonly steps = new RunHistory();
  readonly heat = new HeatHistory();
  readonly #api: Pick<ApiClient, "history" | "timedHistory">;
  readonly #version = signal(0);
  #runId: string | null = null;
  #late: SummarySpan[] = []; // there is a gap before them, which the server fills
  #isFetching = false;
  #heatIs: "unknown" | "loading" | "known" = "unknown";

  constructor(api: Pick<ApiClient, "history" | "timedHistory">) {
    this.#api = api;
  }

  /** Rises whenever the history has changed. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  /** The steps to come are of this run. What there is of another one is forgotten. */
  follow(runId: string | null): void {
    if (this.#runId === runId) return;
    this.#runId = runId;
    this.steps.clear();
    this.heat.clear();
    this.#late = [];
    this.#heatIs = "unknown";
    this.#version.value++;
  }

  /** Asks the server for what is missing up to this tick. */
  completeTo(tick: number): void {
    if (tick > this.steps.lastTick) void this.#load();
  }

  add(steps: readonly SummarySpan[]): void {
    if (this.#heatIs === "known") this.heat.add(steps);
    const [first] = steps;
    if (this.#isFetching || (first !== undefined && first.second > this.steps.lastTick)) {
      this.#late.push(...steps);
      void this.#load();
    } else {
      this.steps.add(steps);
      this.#version.value++;
    }
    if (this.steps.length > MAX_STEPS) void this.#load();
  }

  /** Loads the times of the steps before this page was opened. */
  async loadHeat(): Promise<void> {
    if (this.#heatIs !== "unknown") return;
    this.#heatIs = "loading";
    const of = this.#runId;
    try {
      const { history } = await this.#api.timedHistory();
      if (of !== this.#runId) return;
      this.heat.add(history);
      this.#heatIs = "known";
      this.#version.value++;
    } catch {
      this.#heatIs = "unknown"; // the next one who looks at the heat map asks again
    }
  }

  async #load(): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    const of = this.#runId;
    try {
      const { history } = await this.#api.history(this.steps.length > MAX_STEPS ? 0 : this.steps.lastTick);
      if (of !== this.#runId) return;
      if (this.steps.length > MAX_STEPS) this.steps.clear();
      this.steps.add(history);
      this.steps.add(this.#late.splice(0));
      this.#version.value++;
    } catch {
      // the connection is watched elsewhere; the next tick asks again
    } finally {
      this.#isFetching = false;
    }
  }
}
