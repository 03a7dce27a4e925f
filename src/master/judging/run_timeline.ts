/**
 * Adds the time axis to a run's events: to each tick what was counted since the one before, and between them where ramp, warm-up,
 * steady part and cool-down begin. With a warm-up, the whole ledger stands at both ends of the steady part, so that the part is a
 * difference of mergeable histograms.
 *
 * The steady part begins when the last ramp upwards is complete and the warm-up is over. It ends with the stop, or with a ramp
 * downwards that no ramp upwards follows. Of scenarios it is the longest time in which no load of them changes. Counts arrive up to a second after their requests, at both ends alike;
 * the steady part begins with the tick that has those of the time before it, or requests of the ramp would be counted in it.
 */
import { REPORT_EVERY_MS } from "../../base/report_times.ts";
import type { Stretch } from "../../load/scenarios/steady_stretch.ts";
import type { Ledger } from "../../stats/ledger/ledger.ts";
import type { PhaseBegan, RunEvent, RunEventSink, RunSpan } from "../run_event.ts";

export interface TimelineOptions {
  readonly ledger: Ledger;
  readonly warmUpSeconds: number | undefined;
  /** Since the start of the run. */
  readonly elapsedMs: () => number;
  /** Of a run with scenarios, as far as it is known now. Absent: the ramps decide. */
  readonly steadyStretch?: (() => Stretch | undefined) | undefined;
  readonly events: RunEventSink;
}

/** A sink that passes every event on, in order, with what the timeline knows. */
export function createTimeline(options: TimelineOptions): RunEventSink {
  const { ledger, warmUpSeconds = 0, elapsedMs, events } = options;
  let phase: PhaseBegan["phase"] | undefined;
  let second = 0;
  /** Users of a ramp that was completed since the last span, or of a stop before the first one: the run may end before a tick has seen them. */
  let ramped = 0;
  let hasSpans = false;
  /** When the last ramp was complete. */
  let rampedMs = 0;

  const enter = (next: PhaseBegan["phase"], atMs = elapsedMs()) => {
    if (phase === next) return;
    const isEdge = options.warmUpSeconds !== undefined &&
      (next === "steady" || (next === "coolDown" && phase === "steady"));
    phase = next;
    events({ kind: "phaseBegan", phase, elapsedMs: atMs, ...(isEdge ? { ledger: ledger.save() } : {}) });
  };

  /**
   * When the ramp is complete: the steady part, as soon as the warm-up is over and what was counted before has been reported. It begins where its counts do,
   * and not at the tick that finds them, which may be late.
   */
  const enterSteady = (atMs: number, readyMs: number) => {
    const fromMs = Math.max(readyMs, warmUpSeconds * 1000);
    const { reachedMs } = ledger.reach;
    if (atMs < fromMs) return enter("warmUp");
    if (options.warmUpSeconds === undefined) return enter("steady");
    if (fromMs - reachedMs >= REPORT_EVERY_MS / 2) return enter("warmUp");
    enter("steady", Math.min(atMs, Math.max(fromMs, reachedMs)));
  };

  /** Where scenarios are the load, what follows from their times. */
  const enterByTime = (steadyStretch: () => Stretch | undefined, atMs: number) => {
    const stretch = steadyStretch();
    if (stretch === undefined || atMs < stretch.fromMs) return enter("ramp");
    if (atMs >= stretch.toMs) return enter("coolDown");
    if (phase !== "steady") enterSteady(atMs, stretch.fromMs);
  };

  const takeSpan = (atMs: number, toSecond: number, users: number): RunSpan => {
    const fromSecond = second;
    second = Math.max(second, toSecond);
    const most = Math.max(users, ramped);
    ramped = 0;
    hasSpans = true;
    return { fromSecond, toSecond: second, elapsedMs: atMs, users: most, ...ledger.takeSpan() };
  };

  return (event: RunEvent) => {
    switch (event.kind) {
      case "runStarted":
        second = Math.round(elapsedMs() / 1000);
        events(event);
        return enter("ramp");
      case "rampStarted":
        if (options.steadyStretch !== undefined) return events(event);
        if (event.users > event.fromUsers) enter("ramp");
        else if (event.users < event.fromUsers && phase === "steady") enter("coolDown");
        return events(event);
      case "rampCompleted":
        ramped = Math.max(ramped, event.users);
        events(event);
        rampedMs = elapsedMs();
        if (phase === "ramp" && options.steadyStretch === undefined) enterSteady(rampedMs, rampedMs);
        return;
      case "ticked": {
        const atMs = elapsedMs();
        const span = takeSpan(atMs, Math.max(second + 1, Math.round(atMs / 1000)), event.snapshot.userCount);
        events({ ...event, span });
        if (options.steadyStretch !== undefined) {
          if (event.snapshot.loadEndedMs === undefined) enterByTime(options.steadyStretch, atMs);
        } else if (phase === "warmUp") enterSteady(atMs, rampedMs);
        return;
      }
      case "stopping":
        if (!hasSpans) ramped = Math.max(ramped, event.users ?? 0);
        enter("coolDown");
        return events(event);
      case "runEnded": {
        const atMs = elapsedMs();
        const span = takeSpan(atMs, Math.ceil(atMs / 1000), event.snapshot.userCount);
        return events({ ...event, span, ledger: ledger.save() });
      }
      default:
        return events(event);
    }
  };
}
