/**
 * Whether the numbers of a run can be trusted, from what was seen of the load generator itself. Pure: a list of rules, each
 * gives its doubts.
 *
 * *invalid*: the numbers do not describe the load that was asked for, or a part of them is unknown: less than half of the users
 * that the ramp had asked for ever ran (unless somebody ended the run by hand), it broke before anything was counted, a thread hung until the end, no worker was left, or a loop stood still for a second and more again and again.
 * *degraded*: the numbers hold, with the reservation that the sentence states.
 * Worker clocks cannot raise a doubt: no figure depends on them.
 */
import { condenseDoubts, condenseNotes } from "./many_alike.ts";
import type { RunEvidence, Sightings } from "./run_evidence.ts";

/** One reason not to trust the numbers: a sentence with its figure, and what to do about it. */
export interface VerdictDoubt {
  readonly kind: string;
  readonly severity: "degraded" | "invalid";
  readonly sentence: string;
  readonly advice: string;
}

export interface RunVerdict {
  readonly kind: "valid" | "degraded" | "invalid";
  readonly doubts: readonly VerdictDoubt[];
  /** What should be known beside the numbers and is no reason to doubt them; absent if there is nothing. */
  readonly notes?: readonly string[];
}

type Rule = (evidence: RunEvidence) => readonly VerdictDoubt[];

/** A loop that was late by this much, again and again, measured itself. */
const STANDSTILL_MS = 1000;

/** A single pause of this length is worth a word, even if it was the only one. */
const LONG_PAUSE_MS = 250;

/** A second now and then is a garbage collection or a neighbour; more than this share of them is a state. */
const LATE_SHARE = 0.05;
const CPU_FULL_SHARE = 0.2;

const ADD_MACHINES = "start fewer users here, or add machines with --worker";

/** All doubts about a run, the invalidating ones first. */
export function decideVerdict(evidence: RunEvidence): RunVerdict {
  const doubts = RULES.flatMap((rule) => rule(evidence));
  const invalid = doubts.filter(({ severity }) => severity === "invalid");
  const degraded = doubts.filter(({ severity }) => severity === "degraded");
  const kind = invalid.length > 0 ? "invalid" : degraded.length > 0 ? "degraded" : "valid";
  const notes = [...noteRetries(evidence), ...noteResume(evidence), ...noteIncidents(evidence)];
  return { kind, doubts: condenseDoubts([...invalid, ...degraded]), ...notes.length > 0 && { notes } };
}

/** A request that went out twice is one sample here and may be two in the server's log. */
function noteRetries({ counts: { retries } }: RunEvidence): readonly string[] {
  if (retries === 0) return [];
  return [
    `${retries} requests were sent again on a new connection (closed keep-alive, maxRetries): each is one sample`,
  ];
}

function noteResume({ resumedAfterMs }: RunEvidence): readonly string[] {
  if (resumedAfterMs === undefined) return [];
  return [`The run was resumed ${seconds(resumedAfterMs)} after the journal of its earlier master ended`];
}

/** Also what cost nothing: a link that broke and was dialled again, a silence that ended in time. */
function noteIncidents({ incidents }: RunEvidence): readonly string[] {
  const notes = incidents.map(({ id, incidents: happened }) => `Worker ${id}: ${happened.join(", ")}`);
  return condenseNotes(notes, (count) => `${count} more workers had something to get over: see the workers table`);
}

const RULES: readonly Rule[] = [
  ({ hung }) =>
    hung.map(({ workerId, thread, doing, silentMs, now }) => ({
      kind: "thread-hung",
      severity: now === "hung" ? "invalid" : "degraded",
      sentence: now === "hung"
        ? `Thread ${thread} of ${workerId} hung in ${doing} for ${
          seconds(silentMs)
        } until the end: its users did nothing`
        : `Thread ${thread} of ${workerId} hung in ${doing} for ${seconds(silentMs)}: its users did nothing meanwhile`,
      advice:
        "await in that task, or move its computing out of the test: code without an await stops all users of its thread",
    })),

  ({ users: { target, placeable } }) =>
    placeable === undefined ? [] : [{
      kind: "users-unplaceable",
      severity: "degraded",
      sentence: `The user classes took ${placeable} of ${target} users: each of them has a fixedCount, and that is all`,
      advice: `ask for ${placeable} with -u, or give a class a weight in place of its fixedCount`,
    }],

  ({ users: { target, wanted, reached, endedBy, placeable } }) =>
    reached >= (placeable ?? target) ? [] : [{
      kind: "users-missing",
      severity: endedBy === "plan" && reached * 2 < wanted ? "invalid" : "degraded",
      sentence: endedBy === "plan"
        ? `Only ${reached} of ${target} users ever ran at the same time`
        : `The run was ended when ${reached} of ${target} users had started`,
      advice: endedBy === "plan"
        ? "raise -r or -t so that the ramp ends before the run does, and look for users that ended early"
        : "let the ramp end if you want figures of the whole load",
    }],

  ({ requests, users: { endedBy } }) =>
    endedBy === "failure"
      ? [{
        kind: "run-broken",
        severity: requests === 0 ? "invalid" : "degraded",
        sentence: `A failure ended the run before its time, after ${requests} requests`,
        advice: "see above what failed, and run it again",
      }]
      : [],

  ({ workers }) =>
    workers.filter(({ loopLate }) => isSustained(loopLate, LATE_SHARE) || loopLate.worst > LONG_PAUSE_MS).map((
      { id, loopLate },
    ) => ({
      kind: "loop-late",
      severity: loopLate.worst >= STANDSTILL_MS && isSustained(loopLate, LATE_SHARE) ? "invalid" : "degraded",
      sentence: `The event loop of ${id} was late in ${howOften(loopLate)} (p99 up to ${ms(loopLate.worst)}): ` +
        "response times hold as much of the generator's own waiting",
      advice: ADD_MACHINES,
    })),

  ({ workers }) =>
    workers.filter(({ startsLate }) => isSustained(startsLate, LATE_SHARE)).map(({ id, startsLate }) => ({
      kind: "starts-late",
      severity: "degraded",
      sentence: `Users of ${id} woke late from their waits in ${howOften(startsLate)} (p99 up to ${
        ms(startsLate.worst)
      }): there were fewer requests than planned`,
      advice: ADD_MACHINES,
    })),

  ({ workers }) =>
    workers.filter(({ cpuFull }) => isSustained(cpuFull, CPU_FULL_SHARE)).map(({ id, cpuFull }) => ({
      kind: "cpu-full",
      severity: "degraded",
      sentence: `The CPU of ${id}'s machine was above 90 % in ${howOften(cpuFull)} (up to ${
        Math.round(cpuFull.worst)
      } %)`,
      advice: "start fewer users here, add machines with --worker, or run the system under test elsewhere",
    })),

  ({ absent, workers }) => {
    const lost = absent.filter(({ kind }) => kind === "lost");
    const isAll = lost.length > 0 && workers.every(({ id }) => lost.some((worker) => worker.id === id));
    return isAll
      ? [{
        kind: "workers-gone",
        severity: "invalid",
        sentence: `All of the ${lost.length} workers were gone at the end: nobody made the load`,
        advice: "look into the workers' logs for why they left",
      }]
      : [];
  },

  ({ absent }) =>
    absent.filter(({ kind }) => kind === "lost").map(({ id, users, awayMs, numbers }) => ({
      kind: numbers === "undelivered" ? "numbers-missing" : "worker-lost",
      severity: "degraded",
      sentence: numbers === "undelivered"
        ? `Worker ${id} was lost ${
          seconds(awayMs)
        } before the end with ${users} users: its last requests are not counted`
        : users === 0
        ? `Worker ${id} left during the run; its requests are counted`
        : `Worker ${id} left ${seconds(awayMs)} before the end with ${users} users: the others took them over`,
      advice: "look into that worker's log and its machine's memory",
    })),

  ({ absent }) =>
    absent.filter(({ kind }) => kind === "returned").map(({ id, users, awayMs, numbers }) => ({
      kind: "worker-away",
      severity: "degraded",
      sentence: `Worker ${id} was away for ${seconds(awayMs)} with ${users} users; ${
        numbers === "complete" ? "all of its requests are counted" : "some of its requests are not counted"
      }`,
      advice: "look at the network between master and worker",
    })),

  ({ skippedDeltas }) =>
    skippedDeltas === 0 ? [] : [{
      kind: "journal-incomplete",
      severity: "degraded",
      sentence: `${skippedDeltas} reports of workers are not in the journal that the run was resumed from: ` +
        "their requests are not counted",
      advice: "see whether the disk of the journal was full, or the machine lost power",
    }],

  ({ masterLate }) =>
    isSustained(masterLate, LATE_SHARE) || masterLate.worst > STANDSTILL_MS
      ? [{
        kind: "master-late",
        severity: "degraded",
        sentence: `The master's tick was late in ${howOften(masterLate)} (up to ${ms(masterLate.worst)}): ` +
          "rates over short times and the ramp are less exact",
        advice: "give the master a machine without users, or fewer workers and names",
      }]
      : [],

  ({ requests, users: { reached } }) =>
    requests === 0 && reached > 0
      ? [{
        kind: "nothing-counted",
        severity: "degraded",
        sentence: `${reached} users ran and not one request was counted`,
        advice: "let the run last longer than the users' first wait, and see whether tasks make requests at all",
      }]
      : [],

  ({ requests, failures, bytes }) =>
    requests > 0 && failures === requests && bytes === 0
      ? [{
        kind: "nothing-answered",
        severity: "degraded",
        sentence: `All ${requests} requests failed and not one byte of a body came back: ` +
          "the times say nothing about the system when it answers",
        advice: "see the failures above; check the host and whether the system runs",
      }]
      : [],

  ({ counts: { overflowedRequests } }) =>
    overflowedRequests > 0
      ? [{
        kind: "names-overflowed",
        severity: "degraded",
        sentence: `${overflowedRequests} requests had a name beyond the bound of rows and are counted in "(other)"`,
        advice: 'give requests whose URL varies one name: { name: "/items/[id]" }',
      }]
      : [],

  ({ counts: { overflowedFailures } }) =>
    overflowedFailures > 0
      ? [{
        kind: "failures-overflowed",
        severity: "degraded",
        sentence:
          `${overflowedFailures} failures had a text beyond the bound of different ones and are counted together`,
        advice: "keep ids and times out of failure texts",
      }]
      : [],

  ({ counts: { abandoned } }) =>
    abandoned > 0
      ? [{
        kind: "requests-abandoned",
        severity: "degraded",
        sentence: `${abandoned} requests were still without an answer at the end and were aborted: they are in no row`,
        advice: "a longer --stop-timeout lets slow requests finish",
      }]
      : [],

  ({ counts: { failedStarts } }) =>
    failedStarts > 0
      ? [{
        kind: "starts-failed",
        severity: "degraded",
        sentence: `${failedStarts} users ended in their constructor or in onStart and made no load`,
        advice: "see the exceptions below",
      }]
      : [],

  ({ failedListeners }) =>
    failedListeners > 0
      ? [{
        kind: "listeners-failed",
        severity: "degraded",
        sentence: `${failedListeners} calls of event listeners failed: what they set up or checked may be missing`,
        advice: "see the log",
      }]
      : [],
];

/** More than a pause now and then: at least two seconds, and more than a share of all. */
function isSustained(sightings: Sightings, share: number): boolean {
  return sightings.seconds >= 2 && sightings.seconds > sightings.of * share;
}

function howOften({ seconds, of }: Sightings): string {
  return `${seconds} of ${of} seconds`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 1 : 0)} s`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
