/**
 * Merges what the threads of a worker say of their health between two heartbeats: the worst of them counts, and counts
 * add up. Which threads hang is not said by them and is added here.
 */
import { sumFriction, type WorkerHealth } from "../../protocol/health_message.ts";
import type { ThreadHealth } from "../../protocol/thread_message.ts";
import type { ThreadHandle } from "./thread_handle.ts";

/** The part of a worker's health that its threads measure. */
export type ThreadsPart = Pick<
  WorkerHealth,
  "loopLagP99Ms" | "latenessP99Ms" | "hung" | "starting" | "friction" | "blocked" | "stood" | "pacedPerSecond"
>;

export class ThreadsHealth {
  readonly #latest = new Map<ThreadHandle, ThreadHealth>();
  /** Since health was last asked for. After a stall two of one thread may come before that. */
  readonly #reports: ThreadHealth[] = [];
  /** The longest of these reports. */
  #blocked: WorkerHealth["blocked"];
  /** What threads stood still in since then, by their index. */
  readonly #stood = new Map<number, string>();

  note(handle: ThreadHandle, health: ThreadHealth): void {
    this.#latest.set(handle, health);
    this.#reports.push(health);
    const { blocked, stoodIn } = health;
    if (stoodIn !== undefined) this.#stood.set(handle.index, handle.nameOf(stoodIn));
    if (blocked === undefined || blocked.ms <= (this.#blocked?.ms ?? 0)) return;
    this.#blocked = { ms: blocked.ms, doing: handle.nameOf(blocked.activity) };
  }

  /** The thread is gone. */
  drop(handle: ThreadHandle): void {
    this.#latest.delete(handle);
  }

  /** Another run begins. */
  clear(): void {
    this.#latest.clear();
    this.#reports.length = 0;
    this.#blocked = undefined;
    this.#stood.clear();
  }

  /** What held requests back is counted since the last call. */
  take(handles: readonly ThreadHandle[]): ThreadsPart {
    const figures = [...this.#latest.values()];
    const starting = figures.flatMap((health) => health.starting ?? []);
    const pacedPerSecond = figures.reduce((sum, health) => sum + (health.pacedPerSecond ?? 0), 0);
    const reports = this.#reports.splice(0);
    const lags = reports.length === 0 ? figures : reports;
    const blocked = this.#blocked;
    this.#blocked = undefined;
    const stood = [...this.#stood].map(([thread, doing]) => ({ thread, doing }));
    this.#stood.clear();
    return {
      loopLagP99Ms: Math.max(0, ...lags.map((health) => health.loopLagP99Ms)),
      latenessP99Ms: Math.max(0, ...lags.map((health) => health.latenessP99Ms)),
      hung: handles.filter((handle) => handle.hung).map((handle) => ({
        thread: handle.index,
        silentMs: Math.round(handle.silentMs),
        doing: handle.doing,
      })),
      ...(starting.length === 0 ? {} : { starting }),
      friction: sumFriction(reports.flatMap(({ friction }) => friction ?? [])),
      ...(blocked === undefined ? {} : { blocked }),
      ...(stood.length === 0 ? {} : { stood }),
      ...(pacedPerSecond === 0 ? {} : { pacedPerSecond }),
    };
  }
}
