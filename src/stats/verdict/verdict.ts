/**
 * Decides whether the numbers of a run can be trusted, from the evidence about the load generator. Pure: the rules of
 * `rules.ts` give their findings, the worst of them is the verdict.
 *
 * *invalid*: the numbers do not describe the load that was asked for, or a part of them is unknown.
 * *degraded*: the numbers hold, with the reservation that the sentence states.
 * Clocks of workers cannot raise a doubt: no figure depends on them.
 */
import { formatMany } from "../../base/text/text.ts";
import { describeUrlGroups } from "../groups/url_groups.ts";
import { condenseDoubts, condenseNotes } from "./condense.ts";
import type { RunVerdict, VerdictDoubt } from "./doubt.ts";
import type { RunEvidence } from "./evidence.ts";
import { inSeconds, type Rule } from "./rule.ts";
import { type DoubtKind, RULES } from "./rules.ts";

/** The verdict with all doubts about a run, the invalidating ones first. `isLeftOut`: kinds that say nothing about this one. */
export function decideVerdict(
  evidence: RunEvidence,
  isLeftOut: (kind: DoubtKind) => boolean = () => false,
): RunVerdict {
  const rules = (Object.entries(RULES) as [DoubtKind, Rule][]).filter(([kind]) => !isLeftOut(kind));
  const doubts = rules.flatMap(([kind, rule]) => rule(evidence).map((finding): VerdictDoubt => ({ kind, ...finding })));
  const invalid = doubts.filter(({ severity }) => severity === "invalid");
  const degraded = doubts.filter(({ severity }) => severity === "degraded");
  const kind = invalid.length > 0 ? "invalid" : degraded.length > 0 ? "degraded" : "valid";
  const notes = NOTES.flatMap((note) => note(evidence));
  return { kind, doubts: condenseDoubts([...invalid, ...degraded]), ...notes.length > 0 && { notes } };
}

/** What a reader of the figures should know, without a doubt about them. */
const NOTES: readonly ((evidence: RunEvidence) => readonly string[])[] = [
  noteSpeed,
  noteRetries,
  noteQuits,
  noteResume,
  noteIncidents,
  noteGroups,
];

/** From a tenth on: below, the machine had so much room that the figure says nothing. */
const MIN_NOTED_SPEED = 0.1;

function noteSpeed({ workers }: RunEvidence): readonly string[] {
  const notes = workers.flatMap(({ id, speed }) => {
    const share = speed === undefined ? 0 : speed.perSecond / speed.calibratedPerSecond;
    if (share < MIN_NOTED_SPEED) return [];
    return [`${id} ran at ${Math.round(share * 100)} % of what "locust-ts calibrate" reached on its machine`];
  });
  return condenseNotes(notes, (count) => `${count} more workers have such a figure`);
}

/** A request that was sent twice is one sample here and may be two in the server's log. */
function noteRetries({ counts: { retries } }: RunEvidence): readonly string[] {
  if (retries === 0) return [];
  return [
    `${
      formatMany(retries, "request was", "requests were")
    } sent again on a new connection (closed keep-alive, maxRetries): each is one sample`,
  ];
}

/** The test wants it so, but a load that falls by itself must not look like a slower target. */
function noteQuits({ counts: { quitUsers } }: RunEvidence): readonly string[] {
  if (quitUsers === 0) return [];
  return [
    `${
      formatMany(quitUsers, "user")
    } stopped by StopUser or user.stop() while the load ran: the load decreased with each of them`,
  ];
}

function noteResume({ resumedAfterMs }: RunEvidence): readonly string[] {
  if (resumedAfterMs === undefined) return [];
  return [`The run was resumed ${inSeconds(resumedAfterMs)} after the journal of its earlier master ended`];
}

/** Also incidents without a consequence: a link that broke and was restored, a silence that ended in time. */
function noteIncidents({ incidents }: RunEvidence): readonly string[] {
  const notes = incidents.map(({ id, incidents: happened }) => `Worker ${id}: ${happened.join(", ")}`);
  return condenseNotes(notes, (count) => `${count} more workers had incidents: see the workers table`);
}

function noteGroups({ urlGroups = [] }: RunEvidence): readonly string[] {
  return describeUrlGroups(urlGroups);
}
