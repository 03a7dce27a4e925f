/** Doubts about a load that was less than what the locustfile asked for, or as much as the machine can do. */
import { formatMany, formatWhole } from "../../../base/text/text.ts";
import type { OlderWorker, RunEvidence } from "../evidence.ts";
import { ADD_MACHINES, type Finding } from "../rule.ts";

/** Starts vary by a few percent with the response times of any target; beyond 5 % the load was another one than asked for. */
const MIN_KEPT_SHARE = 0.95;

/** Fewer starts than this, and one late task is 5 %. */
const MIN_STARTS = 20;

/** The promise of an open load is its rate: what is missing of it is load that the system did not see. */
const MIN_STARTED_SHARE = 0.99;

/** Above nine tenths of what the machine reached, its own waiting grows faster than its rate. */
const NEAR_CALIBRATED = 0.9;

export function rateBelowAsked({ workers }: RunEvidence): readonly Finding[] {
  const starts = workers.reduce((sum, { friction }) => sum + friction.pacedStarts, 0);
  const asked = workers.reduce((sum, { friction }) => sum + friction.pacedAsked, 0);
  if (asked < MIN_STARTS || starts >= asked * MIN_KEPT_SHARE) return [];
  return [{
    severity: "degraded",
    sentence: `Paced users started ${formatWhole(starts)} tasks where their pace asked for ${
      formatWhole(Math.round(asked))
    } (${Math.floor((starts / asked) * 100)} %): tasks took longer than their interval`,
    advice: "start more users with a slower pace each, so that a slow task delays fewer starts",
  }];
}

export function arrivalsBelowAsked({ plannedArrivals = 0, counts }: RunEvidence): readonly Finding[] {
  const { asked, started, dropped } = counts.arrivals;
  const planned = Math.max(plannedArrivals, asked);
  if (planned === 0 || started >= Math.floor(planned * MIN_STARTED_SHARE)) return [];
  const waiting = Math.max(0, asked - started - dropped);
  const lost = planned - asked;
  const parts = [
    ...(dropped > 0 ? [`${formatWhole(dropped)} were dropped`] : []),
    ...(waiting > 0 ? [`${formatWhole(waiting)} waited for a user until the end`] : []),
    ...(lost > 0 ? [`${formatWhole(lost)} were lost with a worker or a thread, or while none was there`] : []),
  ];
  return [{
    severity: "degraded",
    sentence: `${formatWhole(started)} of ${formatMany(planned, "arrival")} were started (${
      (Math.floor((started / planned) * 1000) / 10).toFixed(1)
    } %): ${parts.join(", ")}`,
    advice: dropped + waiting > lost
      ? `raise maxUsers or --max-users if the system may have more requests at a time, or ask for a lower rate`
      : "look into the logs of the workers",
  }];
}

const OLDER_WORDS: Readonly<Record<OlderWorker["lacks"], string>> = {
  arrivals: "and was given no arrivals: the others started them all",
  targets: "that does not support target rates: its users made load without one",
  scenarios: "that does not support scenarios and was given no users: the others ran them all",
  iterations: "that does not support a number of iterations and was given no users: the others ran them all",
};

export function workerOlder({ older = [] }: RunEvidence): readonly Finding[] {
  return older.map(({ id, lacks }) => ({
    severity: "degraded",
    sentence: `Worker ${id} is of an older version ${OLDER_WORDS[lacks]}`,
    advice: "install the master's version on its machine",
  }));
}

/** Starts wait up to a second for a user, so that response times that vary cost none. */
export function targetBelowAsked({ targets = [] }: RunEvidence): readonly Finding[] {
  return targets.flatMap(({ name, asked, started, unserved }): readonly Finding[] => {
    if (unserved >= MIN_STARTS && unserved > (asked + unserved) * (1 - MIN_STARTED_SHARE)) {
      return [{
        severity: "degraded",
        sentence: `No user of "${name}" was there while its target rate asked for about ${formatWhole(unserved)} tasks`,
        advice: "start more users with -u, or raise the weight of the class",
      }];
    }
    if (asked < MIN_STARTS || started >= Math.floor(asked * MIN_STARTED_SHARE)) return [];
    return [{
      severity: "degraded",
      sentence: `The users of "${name}" started ${formatWhole(started)} tasks where their target rate asked for ${
        formatWhole(asked)
      } (${(Math.floor((started / asked) * 1000) / 10).toFixed(1)} %)`,
      advice: "start more users, or ask for a lower targetRate: all of them were in use",
    }];
  });
}

export function nearCalibration({ workers }: RunEvidence): readonly Finding[] {
  return workers.flatMap(({ id, speed }): readonly Finding[] => {
    if (speed === undefined || speed.perSecond < speed.calibratedPerSecond * NEAR_CALIBRATED) return [];
    return [{
      severity: "degraded",
      sentence: `${id} made ${formatWhole(Math.round(speed.perSecond))} requests/s, ${
        Math.round((speed.perSecond / speed.calibratedPerSecond) * 100)
      } % of what "locust-ts calibrate" reached on its machine: the generator may be the limit`,
      advice: `${ADD_MACHINES}; calibrate again if the machine has changed`,
    }];
  });
}
