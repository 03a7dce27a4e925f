/**
 * Ctrl-C, SIGTERM and the end of the terminal (SIGHUP) as values. The first signal asks for an orderly end (users
 * finish, reports are written), the second one for an end at once. Nothing here ends the program: the owner of an
 * `Interrupt` decides.
 */

export type InterruptSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const SIGNALS: readonly InterruptSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

export interface Interrupt extends Disposable {
  /** Aborted by the first signal; its reason is the signal's name. */
  readonly drain: AbortSignal;
  /** Aborted by the second one. */
  readonly leave: AbortSignal;
  /** The latest signal that came; the exit code follows from it when `leave` is aborted. */
  readonly signal: InterruptSignal | undefined;
}

/** The part of `process` that is used. */
export interface SignalSource {
  on(signal: InterruptSignal, listener: () => void): unknown;
  off(signal: InterruptSignal, listener: () => void): unknown;
}

/**
 * Listens until disposed. A terminal's Ctrl-C reaches a whole group of processes, and some shells and supervisors
 * repeat it: signals that follow within `REPEAT_MS` of each other are one. SIGHUP is never the second signal: kernel
 * and shell both send it when a terminal ends, and some supervisors send it behind SIGTERM.
 */
export function listenForInterrupt(source: SignalSource, nowMs: () => number): Interrupt {
  const drain = new AbortController();
  const leave = new AbortController();
  let latest: InterruptSignal | undefined;
  let latestMs = -Infinity;
  const receive = (signal: InterruptSignal) => {
    const isRepeat = signal === latest && nowMs() - latestMs < REPEAT_MS;
    latestMs = nowMs();
    if (isRepeat || (signal === "SIGHUP" && drain.signal.aborted)) return;
    latest = signal;
    (drain.signal.aborted ? leave : drain).abort(signal);
  };
  const listeners = SIGNALS.map((signal) => [signal, () => receive(signal)] as const);
  for (const [signal, listener] of listeners) source.on(signal, listener);
  return {
    drain: drain.signal,
    leave: leave.signal,
    get signal() {
      return latest;
    },
    [Symbol.dispose]() {
      for (const [signal, listener] of listeners) source.off(signal, listener);
    },
  };
}

/** Faster than any finger, slower than any machine that delivers one key press twice (npm passes on what the group got too). */
const REPEAT_MS = 50;
