/** The exit code of a run, from everything that it depends on. Pure. */
import type { StopReason } from "../../master/run_event.ts";
import type { RunVerdict } from "../../stats/verdict/doubt.ts";
import type { InterruptSignal } from "./interrupt.ts";

export const EXIT_FINE = 0;
/** A usage error, or a locustfile that cannot run. */
export const EXIT_USAGE = 2;
/** The workers that a run was to wait for did not come; Locust's code for it. */
export const EXIT_NO_WORKERS = 1;
/** `locust-ts health`: the code that Docker wants for it. */
export const EXIT_UNHEALTHY = 1;
const EXIT_THRESHOLD = 3;
const EXIT_INVALID = 4;

/** Everything that the exit code of a run depends on. */
export interface ExitFacts {
  /** `environment.processExitCode`, which wins over all the rest. */
  readonly processExitCode: number | null;
  readonly failures: number; // failed requests
  readonly exceptions: number; // uncaught exceptions of user code
  readonly exitCodeOnError: number;
  readonly reason: StopReason["kind"];
  readonly verdict: RunVerdict["kind"];
  /** Conditions of thresholds that are not met. */
  readonly thresholdsBroken: number;
  /** A listener or a shape's `tick()` threw, a file could not be written. */
  readonly internalFailures: number;
  /** The second signal, if there was one: it left at once. */
  readonly cutShortBy?: InterruptSignal;
}

/**
 * From the reason that weighs most: cut short, the locustfile's own code, our failures, an invalid run, thresholds,
 * failures. `--exit-code-on-error 0` forgives failures and nothing else.
 */
export function exitCodeOf(facts: ExitFacts): number {
  if (facts.cutShortBy !== undefined) return signalExitCode(facts.cutShortBy);
  if (facts.processExitCode !== null) return facts.processExitCode;
  if (facts.internalFailures > 0 || facts.reason === "failed" || facts.reason === "shapeFailed") {
    return EXIT_USAGE;
  }
  if (facts.verdict === "invalid") return EXIT_INVALID;
  if (facts.thresholdsBroken > 0) return EXIT_THRESHOLD;
  return facts.failures + facts.exceptions > 0 ? facts.exitCodeOnError : EXIT_FINE;
}

/** 128 and the signal's number, as shells have it. */
export function signalExitCode(signal: InterruptSignal): number {
  return SIGNAL_EXIT_CODES[signal];
}

const SIGNAL_EXIT_CODES: Readonly<Record<InterruptSignal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
