/**
 * Keeps what is shown in step with the server's events. A tick says what changed since the event before it, so it is applied only on
 * top of that one. Otherwise a snapshot is asked for, and the ticks that come meanwhile wait for it.
 */
import { batch } from "@preact/signals";
import type { ApiSnapshot, ApiTick } from "../../src/server/answers/api_snapshot.ts";
import type { ApiRun } from "../../src/server/answers/api_types.ts";
import type { ApiClient } from "../source/api_client.ts";
import type { LiveHistory } from "./live_history.ts";
import { type RunSignals, showSnapshot, showTick } from "./run_signals.ts";

/** A minute of ticks: a snapshot that takes longer contains the earlier ones. */
const MAX_WAITING = 60;

export class RunSync {
  readonly #shown: RunSignals;
  readonly #history: LiveHistory;
  readonly #api: Pick<ApiClient, "snapshot">;
  /** Of the last event that is in what is shown. */
  #appliedId = -1;
  /** Of the last event of any kind. */
  #seenId = -1;
  #isAsking = false;
  /** Of an event that came while a snapshot was on its way: it is newer. */
  #stateMeanwhile: ApiRun | undefined;
  #waiting: { readonly id: number; readonly tick: ApiTick }[] = [];

  constructor(shown: RunSignals, history: LiveHistory, api: Pick<ApiClient, "snapshot">) {
    this.#shown = shown;
    this.#history = history;
    this.#api = api;
  }

  /** An event has come, and its receiver has taken it. */
  noteSeen(id: number): void {
    this.#seenId = Math.max(this.#seenId, id);
  }

  /** The state of the run, ahead of the next tick; of another run, everything else is asked for. */
  takeState(run: ApiRun): void {
    const isOther = this.#shown.run.value?.runId !== run.runId;
    this.#shown.run.value = run;
    if (this.#isAsking) this.#stateMeanwhile = run;
    if (isOther) void this.askSnapshot();
  }

  /** Asks for the whole state as it is now. */
  async askSnapshot(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#stateMeanwhile = undefined;
    try {
      this.takeSnapshot(await this.#api.snapshot());
    } catch {
      // the connection is watched elsewhere; the next tick asks again
    } finally {
      this.#isAsking = false;
    }
    const missed = this.#waiting;
    this.#waiting = [];
    if (this.#stateMeanwhile !== undefined) this.takeState(this.#stateMeanwhile);
    for (const { id, tick } of missed) if (id > this.#appliedId) this.takeTick(tick, id);
  }

  /** `id`: of the event that brought it; absent for an answer of the API. */
  takeSnapshot(snapshot: ApiSnapshot, id = -1): void {
    batch(() => {
      showSnapshot(this.#shown, snapshot);
      this.#appliedId = Math.max(id, snapshot.eventId);
      this.noteSeen(this.#appliedId);
      this.#history.follow(snapshot.run.runId);
    });
    this.#history.completeTo(snapshot.tick);
  }

  takeTick(tick: ApiTick, id: number): void {
    const run = this.#shown.run.value;
    if (this.#isAsking || run === undefined || run.runId !== tick.runId || !this.#isOnTop(tick)) {
      this.#waiting.push({ id, tick });
      if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
      void this.askSnapshot();
      return;
    }
    batch(() => {
      this.#appliedId = id;
      showTick(this.#shown, tick, run);
      this.#history.add(tick.history);
    });
  }

  /** Events of other kinds may have come between two ticks. */
  #isOnTop({ after }: ApiTick): boolean {
    return after >= this.#appliedId && after <= Math.max(this.#seenId, this.#appliedId);
  }
}
