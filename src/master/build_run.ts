/**
 * Builds a run with all that follows it: its journal, the acknowledgements to its workers, its thresholds and searches,
 * the questions of user code. The master owns what outlives a run and lends it here.
 */
import { Acknowledger } from "./journal/acknowledger.ts";
import type { ControlClient } from "./control_client.ts";
import type { Deliveries } from "./workers/deliveries.ts";
import type { Journal } from "./journal/journal.ts";
import type { MasterOptions } from "./master_options.ts";
import type { RecoveredRun } from "./journal/resume.ts";
import type { Roster } from "./workers/roster.ts";
import { Run } from "./run.ts";
import type { RunClock } from "./run_clock.ts";
import type { RunQuestions } from "./questions/run_questions.ts";
import { RunRecorder } from "./journal/run_recorder.ts";
import { neededMinor, type RunSettings } from "./run_settings.ts";
import { watchRun } from "./judging/run_watches.ts";
import type { ToWorker } from "../protocol/worker_message.ts";
import type { Ledger } from "../stats/ledger/ledger.ts";

export interface RunParts {
  readonly settings: RunSettings;
  readonly clock: RunClock;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  readonly journal: Journal | undefined;
  /** The run was begun by an earlier master. */
  readonly earlier?: RecoveredRun | undefined;
}

export interface RunSurroundings {
  readonly options: Pick<MasterOptions, "clock" | "machineClock" | "control" | "events" | "logger">;
  readonly control: ControlClient;
  readonly roster: Roster;
  readonly questions: RunQuestions;
  /** Counts of a worker have been acknowledged. */
  readonly acknowledged: (workerId: string) => void;
  readonly send: (workerId: string, message: ToWorker) => void;
}

export interface BuiltRun {
  readonly run: Run;
  /** Undefined where the run has no journal. */
  readonly recorder: RunRecorder | undefined;
}

export function buildRun(
  { settings, clock: runClock, ledger, deliveries, journal, earlier }: RunParts,
  { options, control: follower, roster, questions, acknowledged, send }: RunSurroundings,
): BuiltRun {
  const { clock, machineClock, control, events } = options;
  roster.neededMinor = neededMinor(settings);
  const recorder = journal === undefined ? undefined : new RunRecorder({
    journal,
    clock: runClock,
    run: { settings, ledger, deliveries, progress: () => run.progress() },
  });
  questions.open(deliveries.runId, {
    ...(recorder === undefined ? {} : { commit: (changes) => recorder.share(changes) }),
    earlier: earlier?.shared,
  });
  const acknowledger = new Acknowledger({
    deliveries,
    recorder,
    clock,
    send: ({ workerId, seq }) => {
      acknowledged(workerId);
      send(workerId, { kind: "ack", runId: deliveries.runId, seq });
    },
  });
  const warnOfNames = createNamesWarning(ledger, options);
  const watches = watchRun({
    settings,
    ledger,
    earlier,
    run: () => run,
    events: (event) => {
      follower.follow(event);
      if (event.kind === "ticked") warnOfNames();
      recorder?.event(event);
      if (event.kind === "ticked" || event.kind === "stopping" || event.kind === "runEnded") acknowledger.commit();
      events(event);
    },
  });
  const run: Run = new Run(settings, {
    clock,
    machineClock,
    runClock,
    ledger,
    deliveries,
    roster,
    ...watches,
    send,
    feeds: () => questions.feeds(deliveries.runId),
    askShape: (request, timeoutMs) => control.ask({ kind: "shapeTick", ...request }, timeoutMs),
    leases: () => questions.progress(),
    counted: (workerId, delta) => recorder?.count(workerId, delta),
    acknowledge: (pace) => acknowledger.received(pace),
  });
  void run.stopping.then(() => questions.close(deliveries.runId));
  void run.drained.then(() => follower.update(run.snapshot())); // before listeners of testStop look at it
  return { run, recorder };
}

/** Called with each tick, warns once when requests are counted in the row of names beyond the limit. */
function createNamesWarning(ledger: Ledger, { logger }: Pick<MasterOptions, "logger">): () => void {
  let hasWarned = false;
  return () => {
    if (hasWarned || ledger.counts().overflowedRequests === 0) return;
    hasWarned = true;
    logger.warning(
      'Requests are counted in the row "(other)", which stands for names beyond the limit of rows; ' +
        'give requests whose URLs differ in an id one name, with the option "name", and do not use the name "(other)"',
    );
  };
}
