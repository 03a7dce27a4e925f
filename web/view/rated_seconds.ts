/** The time that the rates of a step of a history are over. Pure. */

interface Step {
  readonly seconds: number;
  readonly countedSeconds?: number | undefined;
}

/** A rate over less than this at the end of a run would show a fall or a peak that did not happen. */
const MIN_RATE_SECONDS = 0.5;

/** `alone`: there is no other step that could tell more. NaN: too short for a rate. */
export function ratedSeconds({ seconds, countedSeconds = seconds }: Step, isAlone = false): number {
  return countedSeconds < MIN_RATE_SECONDS && !(isAlone && countedSeconds > 0) ? NaN : countedSeconds;
}
