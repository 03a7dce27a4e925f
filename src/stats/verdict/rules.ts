/**
 * All rules of the verdict by the kind of their doubts, in the order in which reports list them. To add one: a function of type `Rule`
 * in `doubts/`, with its limit and the reason for the limit, and a line here. `DoubtKind` follows.
 */
import { numbersMissing, workerAway, workerLost, workersGone } from "./doubts/absent_worker.ts";
import {
  arrivalsBelowAsked,
  nearCalibration,
  rateBelowAsked,
  targetBelowAsked,
  workerOlder,
} from "./doubts/below_plan.ts";
import { journalIncomplete, listenersFailed, runBroken } from "./doubts/broken_run.ts";
import { clockCoarse, samplesFew } from "./doubts/coarse_figures.ts";
import { cpuFull } from "./doubts/full_machine.ts";
import { concurrencyLimit, gcPauses, lookUpsSlow } from "./doubts/held_back.ts";
import { threadHung } from "./doubts/hung_thread.ts";
import { codeBlocks, loopLate, masterLate, startsLate } from "./doubts/late_generator.ts";
import { failuresOverflowed, measuresOverflowed, namesOverflowed, requestsAbandoned } from "./doubts/left_out.ts";
import { startsFailed, usersLost, usersMissing, usersUnplaceable } from "./doubts/missing_users.ts";
import { cpuThrottled, filesExhausted, memoryNearLimit, portsExhausted } from "./doubts/near_limit.ts";
import { nothingAnswered, nothingCounted, steadyMissing } from "./doubts/nothing_measured.ts";
import { workerUnlike } from "./doubts/unlike_worker.ts";
import type { Rule } from "./rule.ts";

export const RULES = {
  "thread-hung": threadHung,
  "users-unplaceable": usersUnplaceable,
  "users-missing": usersMissing,
  "run-broken": runBroken,
  "nothing-counted": nothingCounted,
  "steady-missing": steadyMissing,
  "loop-late": loopLate,
  "code-blocks": codeBlocks,
  "starts-late": startsLate,
  "gc-pauses": gcPauses,
  "cpu-full": cpuFull,
  "cpu-throttled": cpuThrottled,
  "memory-near-limit": memoryNearLimit,
  "files-exhausted": filesExhausted,
  "ports-exhausted": portsExhausted,
  "near-calibration": nearCalibration,
  "rate-below-asked": rateBelowAsked,
  "arrivals-below-asked": arrivalsBelowAsked,
  "target-below-asked": targetBelowAsked,
  "concurrency-limit": concurrencyLimit,
  "lookups-slow": lookUpsSlow,
  "workers-gone": workersGone,
  "numbers-missing": numbersMissing,
  "worker-lost": workerLost,
  "worker-away": workerAway,
  "worker-unlike": workerUnlike,
  "worker-older": workerOlder,
  "journal-incomplete": journalIncomplete,
  "master-late": masterLate,
  "nothing-answered": nothingAnswered,
  "clock-coarse": clockCoarse,
  "too-few-samples": samplesFew,
  "names-overflowed": namesOverflowed,
  "failures-overflowed": failuresOverflowed,
  "measures-overflowed": measuresOverflowed,
  "requests-abandoned": requestsAbandoned,
  "starts-failed": startsFailed,
  "users-lost": usersLost,
  "listeners-failed": listenersFailed,
} as const satisfies Readonly<Record<string, Rule>>;

/** `journal-cut` has no rule: it is found by the reader of a journal that ends in the middle of its run. */
export type DoubtKind = keyof typeof RULES | "journal-cut";
