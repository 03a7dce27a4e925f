/**
 * Opens the outputs of a list before the run and fans the run's events out to them. An output that throws is reported,
 * does not stop the run, and makes the exit code 2. What the outputs hold open is closed here, within a time limit.
 */
import process from "node:process";
import { describeThrown } from "../../base/errors.ts";
import type { Clock } from "../../base/clock.ts";
import type { RunEvent, RunEventSink } from "../../master/run_event.ts";
import type { Output, OutputContext } from "../../report/files/output.ts";
import { openPathClaims } from "../../report/files/path_claims.ts";
import type { OutputEntry } from "./output_list.ts";

/** A peer that does not take the last data (an exporter's endpoint) may hold up the end of a run this long. */
const SETTLE_MS = 5_000;

export interface OpenOutputs extends AsyncDisposable {
  readonly sink: RunEventSink;
  /** Hands on an event of before, of a run that is resumed: the files are of the whole run. */
  readonly recall: RunEventSink;
  /** Shows what is shown last. Does nothing when called again. */
  conclude(): void;
  /** Waits until everything is delivered, at most for the time limit. */
  settle(): Promise<void>;
  /** True when an output threw or could not be written whole. */
  readonly failed: boolean;
}

/** A sink that belongs to no option: the run log, the live view, the final tables. */
export interface FixedSink {
  readonly sink: RunEventSink;
  readonly shown: OutputEntry["shown"];
}

export interface OpenOutputsInput<Options> {
  readonly entries: readonly OutputEntry<Options>[];
  readonly options: Options;
  /** Get each event before the outputs of the list. */
  readonly fixed: readonly FixedSink[];
  readonly context: Omit<OutputContext, "claim">;
  /** The run in the words of one that is refused a path: `run of shop.ts`. */
  readonly run: string;
  /** Files that others write for this run, by the option that names them: they are claimed too. */
  readonly alsoWritten: readonly { readonly option: string; readonly path: string }[];
}

/** @throws {UsageError} when an output cannot be opened; what was opened before is closed then */
export async function openOutputs<Options>(input: OpenOutputsInput<Options>): Promise<OpenOutputs> {
  const { clock } = input.context;
  const claims = openPathClaims({ pid: process.pid, run: input.run, wallMs: clock.wallMs() });
  const reportError = reportOnce(input.context.reportError);
  const opened: { readonly output: Output; readonly shown: OutputEntry["shown"] }[] = [];
  const close = async () => {
    const closed = Promise.allSettled(opened.splice(0).map(async ({ output }) => await output.close()));
    await withinLimit(closed, clock, () => {});
    claims[Symbol.dispose]();
  };
  try {
    for (const { option, path } of input.alsoWritten) claims.claim(path, `--${option}`);
    for (const { open, shown } of input.entries) {
      const output = await open(input.options, { ...input.context, reportError, claim: claims.claim });
      if (output !== undefined) opened.push({ output, shown });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const outputs = opened.map(({ output }) => output);
  const ofList = opened.map(({ output, shown }) => ({ sink: output.sink, recall: output.recall, shown }));
  const sinks: readonly FixedSink[] = [...input.fixed, ...ofList];
  const broken = new Set<FixedSink>();
  const guard = (each: FixedSink, act: () => void) => {
    try {
      act();
    } catch (error) {
      if (broken.has(each)) return; // reported once, like a disk
      broken.add(each);
      reportError(`An output failed: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    }
  };
  const deliver = (event: RunEvent, shown: OutputEntry["shown"]) => {
    for (const each of sinks.filter((candidate) => candidate.shown === shown)) guard(each, () => each.sink(event));
  };
  let held: RunEvent[] = []; // from the end of the run on
  return {
    recall(event) {
      for (const each of ofList) guard(each, () => each.recall?.(event));
    },
    sink(event) {
      deliver(event, "now");
      if (held.length > 0 || event.kind === "runEnded") held.push(event);
      else deliver(event, "last");
    },
    conclude() {
      const events = held;
      held = [];
      for (const event of events) deliver(event, "last");
    },
    settle: () => settleAll(outputs, { clock, reportError }),
    get failed() {
      return broken.size > 0 || outputs.some((output) => output.failed);
    },
    [Symbol.asyncDispose]: close,
  };
}

async function settleAll(
  outputs: readonly Output[],
  { clock, reportError }: { readonly clock: Clock; readonly reportError: (message: string) => void },
): Promise<void> {
  const limit = new AbortController();
  const waits = outputs.flatMap((output) => output.settle === undefined ? [] : [output.settle(limit.signal)]);
  if (waits.length === 0) return;
  const delivered = Promise.all(waits).catch((error) => reportError(`An output failed: ${describeThrown(error)}`));
  await withinLimit(delivered, clock, () => limit.abort());
}

/** Waits for a peer or a disk, at most for the time limit. */
async function withinLimit(work: Promise<unknown>, clock: Clock, giveUp: () => void): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = clock.schedule(SETTLE_MS, () => {
    giveUp();
    late.resolve();
  });
  await Promise.race([work, late.promise]);
  timer.cancel();
}

/** A full disk fails every file on it: the first one is named, the others fail with the same words. */
function reportOnce(report: (message: string) => void): (message: string) => void {
  const reported = new Set<string>();
  return (message) => {
    const reason = message.replace(/"[^"]*"/g, '"…"');
    if (!reported.has(reason)) report(message);
    reported.add(reason);
  };
}
