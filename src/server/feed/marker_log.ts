/** The markers of a run for the charts, bounded, and those of them that readers have not got yet. */
import type { ScenarioMoment } from "../../load/scenarios/scenario_progress.ts";
import type { ApiMarker } from "../answers/api_snapshot.ts";

/** A run that changes its load each second for a day has no more than this many markers; the oldest go. */
const MAX_MARKERS = 2000;

export class MarkerLog {
  #markers: ApiMarker[] = [];
  #unsent: ApiMarker[] = [];
  readonly #ofScenarios = new Set<string>();

  get all(): readonly ApiMarker[] {
    return this.#markers;
  }

  add(marker: ApiMarker): void {
    this.#markers.push(marker);
    if (this.#markers.length > MAX_MARKERS) this.#markers.shift();
    this.#unsent.push(marker);
  }

  /** Where the load of a scenario begins and where it is over: by its clock, whenever that is heard of. */
  addScenario({ name, state, startMs = 0, overMs = 0 }: ScenarioMoment): void {
    if (state !== "waiting") this.#markOnce(startMs, `${name} begins`);
    if (state === "ending" || state === "ended") this.#markOnce(overMs, `${name} is over`); // which may come at one
  }

  #markOnce(elapsedMs: number, text: string): void {
    if (this.#ofScenarios.has(text)) return;
    this.#ofScenarios.add(text);
    this.add({ elapsedMs: Math.round(elapsedMs), kind: "scenario", text });
  }

  /** Those that were added since this was last asked. */
  takeUnsent(): readonly ApiMarker[] {
    const unsent = this.#unsent;
    this.#unsent = [];
    return unsent;
  }
}
