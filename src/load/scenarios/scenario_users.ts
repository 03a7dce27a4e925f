/**
 * The users of a closed scenario as a pure function of the time since its start: stages one after the other, or a ramp
 * to a number that stays. Each change comes one user at a time, as in `load/ramp.ts`.
 */
import type { ScenarioLoad } from "../../protocol/scenario_message.ts";
import { rampDurationMs, rampUsers } from "../ramp.ts";

/** A straight part of the line of users. */
interface Segment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly from: number;
  readonly to: number;
  readonly perSecond: number;
}

/** What is wanted at a moment. */
export interface WantedUsers {
  readonly users: number;
  /** At the end of the ramp that is on; `users` where none is. */
  readonly target: number;
  /** Of that ramp, in users a second; 0 where none is on. */
  readonly perSecond: number;
  /** When `users` or the ramp changes next; Infinity: never. */
  readonly nextMs: number;
}

const NOBODY: WantedUsers = { users: 0, target: 0, perSecond: 0, nextMs: Infinity };

export class ScenarioUsers {
  readonly #segments: readonly Segment[];
  readonly #ownEndMs: number;

  /** Of arrivals: nobody, as their users come with them. */
  constructor(load: ScenarioLoad) {
    this.#segments = segmentsOf(load);
    this.#ownEndMs = load.kind === "stages" ? this.#segments.at(-1)?.toMs ?? 0 : Infinity;
  }

  /** The end of the stages; Infinity: the load has none of its own. */
  get endMs(): number {
    return this.#ownEndMs;
  }

  /** The most users at a time. */
  get peak(): number {
    return Math.max(0, ...this.#segments.map(({ to }) => to));
  }

  /** The corners of the line of users, since the start of the scenario. */
  get corners(): readonly (readonly [ms: number, users: number])[] {
    const [first] = this.#segments;
    if (first === undefined) return [];
    const ends = this.#segments.flatMap(({ fromMs, toMs, from, to }) => [
      [fromMs, from] as const,
      ...(toMs === Infinity ? [] : [[toMs, to] as const]),
    ]);
    return ends.filter(([ms, users], i) => i === 0 || ms !== ends[i - 1]?.[0] || users !== ends[i - 1]?.[1]);
  }

  at(ms: number): WantedUsers {
    if (ms >= this.#ownEndMs) return NOBODY;
    const segment = this.#segments.find(({ toMs }) => ms < toMs);
    if (segment === undefined) return NOBODY;
    const { fromMs, toMs, from, to, perSecond } = segment;
    if (perSecond === 0) return { users: to, target: to, perSecond: 0, nextMs: toMs };
    const users = rampUsers(from, to, perSecond, ms - fromMs);
    const nextMs = users === to ? toMs : Math.min(toMs, fromMs + (Math.abs(users - from) / perSecond) * 1000);
    return { users, target: to, perSecond: users === to ? 0 : perSecond, nextMs };
  }
}

function segmentsOf(load: ScenarioLoad): readonly Segment[] {
  if (load.kind === "arrivals") return [];
  if (load.kind === "users") {
    const { users, spawnRate } = load;
    const fullMs = rampDurationMs(0, users, spawnRate);
    return [
      { fromMs: 0, toMs: fullMs, from: 0, to: users, perSecond: spawnRate },
      { fromMs: fullMs, toMs: Infinity, from: users, to: users, perSecond: 0 },
    ].filter(({ fromMs, toMs }) => toMs > fromMs);
  }
  const segments: Segment[] = [];
  let fromMs = 0;
  let from = 0;
  for (const { durationSeconds, users: to } of load.stages) {
    const toMs = fromMs + durationSeconds * 1000;
    const perSecond = to === from ? 0 : Math.abs(to - from) / durationSeconds;
    if (toMs > fromMs) segments.push({ fromMs, toMs, from, to, perSecond });
    fromMs = toMs;
    from = to;
  }
  return segments;
}
