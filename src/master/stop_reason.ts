/** The sentence for each reason that ends a run. The reasons themselves are `StopReason` in run_event.ts. Pure. */
import type { RunEnd } from "../stats/verdict/evidence.ts";
import type { StopReason } from "./run_event.ts";

const SIGNAL_SENTENCES = {
  SIGINT: "interrupted by Ctrl-C",
  SIGTERM: "terminated by SIGTERM",
  SIGHUP: "its terminal was closed (SIGHUP)",
};

/** Why the run ended, as one sentence without a period. */
export function describeStopReason(reason: StopReason): string {
  switch (reason.kind) {
    case "runTime":
      return `--run-time of ${reason.seconds} s reached`;
    case "iterations":
      return `${reason.of === "all" ? "--iterations" : "--iterations-per-user"} of ${reason.count} reached`;
    case "shapeEnded":
      return `the load shape ${reason.shape} ended`;
    case "scenariosEnded":
      return "all scenarios ended";
    case "shapeFailed":
      return `the load shape ${reason.shape} failed: ${reason.problem}`;
    case "interrupted":
      return SIGNAL_SENTENCES[reason.signal];
    case "stopTest":
      return reason.message === ""
        ? "the locustfile stopped the test"
        : `the locustfile stopped the test: ${reason.message}`;
    case "quit":
      return reason.message === "" ? "the locustfile quit the run" : `the locustfile quit the run: ${reason.message}`;
    case "requested":
      return "stopped on request";
    case "thresholdBroken":
      return `the threshold "${reason.threshold}" is broken: ${reason.measured}`;
    case "searchEnded":
      return "the capacity search has ended";
    case "unfinished":
      return "the master was killed before the run had ended";
    case "failed":
      return reason.problem;
  }
}

/** Whether the run could not do what was asked, so that its exit code must not be 0 even without a failed request. */
export function isRunBroken(reason: StopReason): boolean {
  return reason.kind === "failed" || reason.kind === "unfinished" || reason.kind === "shapeFailed";
}

/**
 * What ended the run. Where a person or user code ended it before its plan did, users that had not started yet are no
 * reason to distrust its figures.
 */
export function whoEnded(reason: StopReason): RunEnd {
  if (isRunBroken(reason)) return "failure";
  return ["interrupted", "stopTest", "quit", "requested", "thresholdBroken"].includes(reason.kind) ? "hand" : "plan";
}
