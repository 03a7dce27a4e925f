/**
 * Which workers can take part in the arrivals of a run: those that are here and whose version knows arrivals. Names
 * those that are too old, once each.
 */
import { ARRIVALS_MINOR, HANDOVERS_MINOR, TARGETS_MINOR } from "../../protocol/worker_message.ts";
import type { OlderWorker } from "../../stats/verdict/evidence.ts";
import type { HealthMonitor } from "../../stats/verdict/health_monitor.ts";
import type { ArrivalMember } from "./arrival_dispatch.ts";
import type { StreamSettings } from "./divided_stream.ts";
import type { Roster } from "../workers/roster.ts";
import type { RosterWorker } from "../workers/roster_worker.ts";
import type { RunEventSink } from "../run_event.ts";

export interface ArrivalMembersOptions {
  readonly streams: readonly StreamSettings[];
  readonly roster: Pick<Roster, "placeable" | "get">;
  readonly events: RunEventSink;
  readonly health?: Pick<HealthMonitor, "observeOlder">;
}

export class ArrivalMembers {
  readonly #options: ArrivalMembersOptions;
  /** Workers whose version starts no arrivals, or no tasks of a target rate. */
  readonly #older = new Set<string>();

  constructor(options: ArrivalMembersOptions) {
    this.#options = options;
  }

  /** Those that can take part now, by index. */
  find(isLinked: (workerId: string) => boolean): readonly ArrivalMember[] {
    const here = this.#options.roster.placeable().filter(({ id }) => isLinked(id));
    return here.flatMap(({ id, threads, protocolMinor }): ArrivalMember[] => {
      if (protocolMinor < ARRIVALS_MINOR) return this.#noteOlder(id, this.has("open") ? "arrivals" : "targets");
      if (protocolMinor >= TARGETS_MINOR || !this.has("target")) return [{ id, threads }];
      this.#noteOlder(id, "targets");
      return [{ id, threads, knows: "arrivals" }];
    });
  }

  has(kind: "open" | "target"): boolean {
    return this.#options.streams.some((stream) => (stream.kind ?? "open") === kind);
  }

  /** It answers when it is asked to stop. */
  knowsHandOvers(workerId: string): boolean {
    return (this.#get(workerId)?.protocolMinor ?? 0) >= HANDOVERS_MINOR;
  }

  /** It is not waited for. */
  isAway(workerId: string): boolean {
    const state = this.#get(workerId)?.state;
    return state === undefined || state === "missing" || state === "gone";
  }

  /** It has been silent for too long. */
  isMissing(workerId: string): boolean {
    return this.#get(workerId)?.state === "missing";
  }

  #get(workerId: string): RosterWorker | undefined {
    return this.#options.roster.get(workerId);
  }

  #noteOlder(workerId: string, lacks: OlderWorker["lacks"]): [] {
    if (this.#older.has(workerId)) return [];
    this.#older.add(workerId);
    this.#options.health?.observeOlder({ id: workerId, lacks });
    this.#options.events({ kind: "workerTroubled", workerId, trouble: { kind: "isOlder", lacks } });
    return [];
  }
}
