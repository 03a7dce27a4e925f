/**
 * Ctrl-C and SIGTERM as values. The first signal asks for an orderly end (users finish, reports are written), the second one
 * for an end at once. Nothing here ends the program: the owner of an `Interrupt` decides.
 */

export type InterruptSignal = "SIGINT" | "SIGTERM";

export interface Interrupt extends Disposable {
  /** Aborted by the first signal; its reason is the signal's name. */
  readonly drain: AbortSignal;
  /** Aborted by the second one. */
  readonly leave: AbortSignal;
  /** The latest signal that came; exit codes 130 and 143 follow from it when `leave` is aborted. */
  readonly signal: InterruptSignal | undefined;
}

/** The part of `process` that is used. */
export interface SignalSource {
  on(signal: InterruptSignal, listener: () => void): unknown;
  off(signal: InterruptSignal, listener: () => void): unknown;
}

/**
 * Listens until disposed. A terminal's Ctrl-C reaches a whole group of processes, and some shells and supervisors repeat it:
 * signals that follow within `REPEAT_MS` of each other are one.
 */
export function listenForInterrupt(source: SignalSource, nowMs: () => number): Interrupt {
  const drain = new AbortController();
  const leave = new AbortController();
  let latest: InterruptSignal | undefined;
  let latestMs = -Infinity;
  const receive = (signal: InterruptSignal) => {
    const isRepeat = signal === latest && nowMs() - latestMs < REPEAT_MS;
    latestMs = nowMs();
    if (isRepeat) return;
    latest = signal;
    (drain.signal.aborted ? leave : drain).abort(signal);
  };
  const listeners = { SIGINT: () => receive("SIGINT"), SIGTERM: () => receive("SIGTERM") };
  source.on("SIGINT", listeners.SIGINT);
  source.on("SIGTERM", listeners.SIGTERM);
  return {
    drain: drain.signal,
    leave: leave.signal,
    get signal() {
      return latest;
    },
    [Symbol.dispose]() {
      source.off("SIGINT", listeners.SIGINT);
      source.off("SIGTERM", listeners.SIGTERM);
    },
  };
}

/** Faster than any finger, slower than any machine that delivers one key press twice (npm passes on what the group got too). */
const REPEAT_MS = 50;
