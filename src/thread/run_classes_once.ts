/**
 * `--once` inside a thread: runs each task of each class one time and reports everything that happens, bodies included,
 * as plain data. `report/terminal/once_view.ts` formats it.
 */
import { readFileSync } from "node:fs";
import type { Clock } from "../base/clock.ts";
import { formatCodeFrame } from "../base/code_frame.ts";
import { describeWithCauses } from "../base/error_causes.ts";
import type { Logger } from "../base/logger.ts";
import { failureText } from "../http/session/failure_text.ts";
import type { RequestEvent } from "../http/session/session_owner.ts";
import type { OnceEvent } from "../protocol/once_message.ts";
import type { RunPlan } from "../protocol/worker_message.ts";
import { Recorder } from "../stats/recording/recorder.ts";
import type { Environment } from "../user/environment.ts";
import { ownFrames } from "../base/own_frames.ts";
import { runUserOnce } from "../user/running/run_user_once.ts";
import type { UserClass } from "../user/user_class.ts";
import { createRunContext } from "../user/lifecycle/run_context.ts";
import { describeMeasures } from "./once_measures.ts";
import { showExchanges } from "./shown_exchange.ts";

export interface ClassesOnceOptions {
  readonly plan: RunPlan;
  readonly userClasses: ReadonlyMap<string, UserClass>;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tell: (event: OnceEvent) => void;
}

/** Rejects with the `StopTest` that ended it, and with nothing else. */
export async function runClassesOnce(options: ClassesOnceOptions): Promise<void> {
  const { plan, userClasses, environment, clock, logger, tell } = options;
  const runContext = createRunContext({
    environment,
    recorder: new Recorder({ clock }),
    clock,
    seed: plan.seed,
    logger,
    tap: showExchanges(tell),
  });
  const { request } = environment.events;
  const listener = request.addListener((event: RequestEvent) => tell(sampleOf(event)));
  let index = 0;
  try {
    for (const [name, userClass] of userClasses) {
      tell({ kind: "userStarted", userClass: name });
      await runUserOnce({
        runContext,
        userClass,
        index: index++,
        observer: {
          stepStarted: (where, step) => tell({ kind: "stepStarted", where, step }),
          threw: (where, thrown) => tell(exceptionOf(where, thrown)),
          note: (where, text) => tell({ kind: "note", where, text }),
        },
      });
      const { recorder } = runContext;
      for (const text of describeMeasures(recorder.measures)) tell({ kind: "note", where: name, text });
      recorder.drain();
    }
  } finally {
    request.removeListener(listener);
  }
}

/** An uncaught error is reported like one of a task. */
export function exceptionOf(where: string, thrown: unknown): OnceEvent {
  const frames = ownFrames(thrown);
  return {
    kind: "exception",
    where,
    message: describeWithCauses(thrown),
    frames,
    codeFrame: codeFrameAt(frames[0]),
  };
}

function sampleOf(event: RequestEvent): OnceEvent {
  return {
    kind: "sample",
    method: event.requestType,
    name: event.name,
    responseTimeMs: event.responseTime,
    responseLength: event.responseLength,
    failure: event.exception === null ? null : failureText(event.exception),
  };
}

function codeFrameAt(frame: string | undefined): string {
  const place = /^(.+?):(\d+):(\d+)(?: in .*)?$/.exec(frame ?? "");
  if (place === null) return "";
  const [, file = "", line, column] = place;
  try {
    return formatCodeFrame(readFileSync(file, "utf8"), Number(line), Number(column));
  } catch {
    return ""; // the source is not at hand: the frames say where it was
  }
}
