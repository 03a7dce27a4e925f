/**
 * One worker as the master knows it, the changes of its state, and its incidents. Types and pure functions; `roster.ts` owns
 * the rows.
 */
import type { WorkerHealth } from "../../protocol/health_message.ts";
import type { UsersByClass } from "../../protocol/worker_message.ts";
import type { WorkerTrouble } from "../run_event.ts";
import type { RosterState } from "./worker_state.ts";

/** What happened to a worker in a run, summed up. */
export interface WorkerIncidents {
  /** Links that ended without a goodbye. */
  readonly brokenLinks: number;
  /** The longest silence that was too short to call it missing; 0 if none was remarkable. */
  readonly longestSilenceMs: number;
  readonly longestHangMs: number;
  /** How often it was missing and came back, and for how long in all. */
  readonly absences: number;
  readonly absentMs: number;
  /** The reason of its `bye`, if it sent one. */
  readonly leftBecause: string | undefined;
}

export const NO_INCIDENTS: WorkerIncidents = {
  brokenLinks: 0,
  longestSilenceMs: 0,
  longestHangMs: 0,
  absences: 0,
  absentMs: 0,
  leftBecause: undefined,
};

/** One worker. Only the roster changes it. */
export interface RosterWorker {
  readonly id: string;
  /** 0, 1, 2 … in order of first arrival; kept when it returns. */
  readonly index: number;
  readonly host: string;
  readonly threads: number;
  readonly version: string;
  /** The minor version of the protocol that it speaks. */
  readonly protocolMinor: number;
  readonly state: RosterState;
  /** The users that it reported last; none while it is missing or gone. */
  readonly usersByClass: UsersByClass;
  readonly users: number;
  /** What it was assigned last, and the epoch of that. */
  readonly assigned: UsersByClass;
  readonly assignedEpoch: number;
  readonly appliedEpoch: number;
  readonly health: WorkerHealth | undefined;
  /** Time without a message or a part of one, counted in checks. */
  readonly silentMs: number;
  /** When a part of a message came last that is long on its way: a large one, or a slow line. Undefined: there was none. */
  readonly lastPartMs: number | undefined;
  /** Why its link broke, if that is how it was lost; a worker that only fell silent has none. */
  readonly lostBecause: string | undefined;
  /** How many users it ran when it was lost, the last time that it was. */
  readonly usersWhenLost: number;
  /** What has happened to it since the run began. */
  readonly incidents: WorkerIncidents;
  readonly locustfileHash: string | undefined;
  /** What it uses for plain TCP; undefined until it is ready. */
  readonly socket: string | undefined;
}

export type RosterChange =
  | { readonly kind: "joined"; readonly worker: RosterWorker }
  /** It was missing or forgotten and is here again: it needs a fresh assignment. `users`: how many it ran when it was lost. */
  | { readonly kind: "returned"; readonly worker: RosterWorker; readonly awayMs: number; readonly users: number }
  /** `users`: how many it was running, for others to take over. */
  | {
    readonly kind: "missing";
    readonly worker: RosterWorker;
    readonly silentMs: number;
    readonly users: number;
    /** The same by class. */
    readonly usersByClass: UsersByClass;
    readonly brokenBy: string | undefined;
  }
  | { readonly kind: "forgotten"; readonly worker: RosterWorker }
  /** A disturbance without loss: the worker keeps its users. */
  | { readonly kind: "troubled"; readonly worker: RosterWorker; readonly trouble: WorkerTrouble }
  | { readonly kind: "left"; readonly worker: RosterWorker; readonly reason: string };

/** Users as a heartbeat reports them. */
export interface AliveUsers {
  readonly users: number;
  readonly usersByClass?: UsersByClass;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A row as the roster keeps it. */
export interface Row extends Mutable<RosterWorker> {
  awayMs: number;
  hasJoined: boolean;
  /** An earlier master had it in the run, and it has not dialled in here: what it runs is not known. */
  isAwaited: boolean;
  /** It was missing, has a new link, and has not declared itself on it. */
  isReturning: boolean;
  /** It has said that it will say goodbye: it gets no users any more, also when its last one has ended. */
  isLeaving: boolean;
}

export function createRow(id: string, index: number): Row {
  return {
    id,
    index,
    host: "",
    threads: 1,
    version: "",
    protocolMinor: 0,
    state: "joining",
    usersByClass: {},
    users: 0,
    assigned: {},
    assignedEpoch: 0,
    appliedEpoch: 0,
    health: undefined,
    silentMs: 0,
    lastPartMs: undefined,
    locustfileHash: undefined,
    socket: undefined,
    lostBecause: undefined,
    awayMs: 0,
    usersWhenLost: 0,
    incidents: NO_INCIDENTS,
    hasJoined: false,
    isAwaited: false,
    isReturning: false,
    isLeaving: false,
  };
}

/** A reason is a worker's own text; a cell of a table is not the place for all of it. */
const MAX_REASON = 60;

/** The incidents as short texts for a table: `away 20 s`, `2 links broke`. Nothing happened: none. */
export function describeIncidents(incidents: WorkerIncidents): string[] {
  const { brokenLinks, longestSilenceMs, longestHangMs, absences, absentMs, leftBecause } = incidents;
  return [
    ...(absences === 0 ? [] : [`away ${seconds(absentMs)}${absences === 1 ? "" : ` in ${absences} times`}`]),
    ...(brokenLinks === 0 ? [] : [brokenLinks === 1 ? "1 link broke" : `${brokenLinks} links broke`]),
    ...(longestSilenceMs === 0 ? [] : [`silent for ${seconds(longestSilenceMs)}`]),
    ...(longestHangMs === 0 ? [] : [`hung for ${seconds(longestHangMs)}`]),
    ...(leftBecause === undefined ? [] : [`left: ${leftBecause.slice(0, MAX_REASON)}`]),
  ];
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** A worker that an earlier master had called missing. Time without a master is not held against it. */
export interface EarlierMissing {
  readonly id: string;
  /** Until the end of the journal. */
  readonly silentMs: number;
  readonly users: number;
  /** How its link ended; undefined: it was only silent. */
  readonly brokenBy: string | undefined;
}

/** The time limits of a master for its workers, and the number of workers it remembers. */
export interface RosterLimits {
  /** Silence after which a worker's users are given to others. */
  readonly missingAfterMs: number;
  /** The same when its link is broken: a living worker dials again within this time. */
  readonly redialWithinMs: number;
  /** Silence that is reported although it ended before the worker was missing. Workers send something each second. */
  readonly remarkableSilenceMs: number;
  /** How long the master waits for a missing worker. */
  readonly forgetAfterMs: number;
  /** The most time that one check counts as silence. */
  readonly longestCheckMs: number;
  /** Workers remembered, gone ones included: beyond it the longest gone are dropped. */
  readonly maxRemembered: number;
}

export const ROSTER_LIMITS: RosterLimits = {
  missingAfterMs: 5000,
  redialWithinMs: 2000,
  remarkableSilenceMs: 2500,
  forgetAfterMs: 60_000,
  longestCheckMs: 1500,
  maxRemembered: 20_000,
};
