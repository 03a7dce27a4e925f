/**
 * The health of a worker process: what it measures of itself once a second and sends with its heartbeat. The verdict on
 * a run stands on it. Fields beyond the first ones are optional: an older worker does not send them, and not every
 * system knows them.
 */

/** Users of one class whose `onStart` has not ended. */
export interface StartingUsers {
  readonly userClass: string;
  readonly users: number;
  /** For how long the first of them has been in `onStart`, as far as it was seen. */
  readonly longestMs: number;
}

/**
 * What delayed the requests on the generator's side in the last second. Of one thread, or of all threads of a worker:
 * `sumFriction`. Times are in milliseconds.
 */
export interface Friction {
  /** The longest collection of garbage in a pause of an event loop; 0: none worth mentioning, or the system does not tell. */
  readonly gcPauseMs: number;
  /** Requests that waited longer than `SLOW_LOOKUP_MS` for the address of a name, and the longest of these waits. */
  readonly slowLookUps: number;
  readonly lookUpMs: number;
  /** Requests that waited for a connection because `concurrency` of them were open, and the longest of these waits. */
  readonly queued: number;
  readonly queuedMs: number;
  /** Task starts of paced users, and how many their pace asked for in the same time. */
  readonly pacedStarts: number;
  readonly pacedAsked: number;
  /** The smallest step of the clock that response times are measured with. */
  readonly clockStepMs: number;
}

/** Name look-ups in a data centre take 1 to 30 ms; from here on they are a visible part of a response time. */
export const SLOW_LOOKUP_MS = 100;

const SUMS = ["slowLookUps", "queued", "pacedStarts", "pacedAsked"] as const satisfies readonly (keyof Friction)[];
const WORST = ["gcPauseMs", "lookUpMs", "queuedMs", "clockStepMs"] as const satisfies readonly (keyof Friction)[];
export const FRICTION_FIELDS = [...SUMS, ...WORST] as const;

export const NO_FRICTION: Friction = {
  gcPauseMs: 0,
  slowLookUps: 0,
  lookUpMs: 0,
  queued: 0,
  queuedMs: 0,
  pacedStarts: 0,
  pacedAsked: 0,
  clockStepMs: 0,
};

/** Counts are added up, of times the worst one stays. */
export function sumFriction(parts: readonly Friction[]): Friction {
  const sum: { -readonly [Field in keyof Friction]: number } = { ...NO_FRICTION };
  for (const part of parts) {
    for (const field of SUMS) sum[field] += part[field];
    for (const field of WORST) sum[field] = Math.max(sum[field], part[field]);
  }
  return sum;
}

/** How much of something limited is in use. */
export interface LimitUse {
  readonly used: number;
  readonly limit: number;
}

/** Whose memory limit is the nearest. */
export const MEMORY_OWNERS = ["process", "cgroup", "machine"] as const;

/** The limits of the process and its surroundings. Absent: there is no such limit, or the system does not tell. */
export interface ProcessLimits {
  /** In bytes: the limit that is nearest. */
  readonly memory?: LimitUse & { readonly of: (typeof MEMORY_OWNERS)[number] };
  /** Open files, connections included. */
  readonly files?: LimitUse;
  /** Local ports in use towards the one address and port with the most connections. */
  readonly ports?: LimitUse;
  /**
   * Since the reading before: scheduler periods of the cgroup, those in which its CPU quota was used up, and the time
   * it lost by that.
   */
  readonly throttled?: { readonly periods: number; readonly throttledPeriods: number; readonly ms: number };
}

export interface WorkerHealth {
  readonly cpuPercent: number; // of the whole machine's cores that the process may use: 100 = all of its threads' cores
  readonly machineCpuPercent: number; // of all cores of the machine, by all processes
  readonly rssBytes: number;
  readonly loopLagP99Ms: number; // worst thread: how late its timers fired, p99 of the last second
  readonly latenessP99Ms: number; // how late users woke from their waits, p99 of the last second
  /** Threads that answered nothing for a while, each with what it was last seen doing. */
  readonly hung: readonly { readonly thread: number; readonly silentMs: number; readonly doing: string }[];
  /** Absent where no user is in `onStart`. */
  readonly starting?: readonly StartingUsers[];
  readonly friction?: Friction;
  /**
   * The longest time that code of the locustfile computed without returning to the event loop of its thread; absent:
   * none worth mentioning.
   */
  readonly blocked?: { readonly ms: number; readonly doing: string };
  /** Threads that answer again, each with what it stood still in: known only now. Absent: none. */
  readonly stood?: readonly { readonly thread: number; readonly doing: string }[];
  /** Task starts a second that the pace of its users asks for now; absent where none is paced. */
  readonly pacedPerSecond?: number;
  readonly limits?: ProcessLimits;
  /**
   * Requests per second that `locust-ts calibrate` reached on the worker's machine with as many threads; absent if it
   * never ran.
   */
  readonly calibratedPerSecond?: number;
}
