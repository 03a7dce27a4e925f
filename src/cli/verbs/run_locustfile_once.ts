/**
 * `--once`: each task of each class one time, every request printed, for debugging a locustfile. User code runs in the
 * control thread and in one thread, as in a run; there is no master, because there is no load and nothing to count.
 */
import { LocustError, UsageError } from "../../base/errors.ts";
import { seedFromId } from "../../base/random.ts";
import { type ControlThread, openControlThread } from "../../control/control_thread.ts";
import type { FromThread } from "../../protocol/thread_message.ts";
import { LOCAL_WORKER_ID, type RunPlan } from "../../protocol/worker_message.ts";
import type { StopReason } from "../../master/run_event.ts";
import {
  deliverUserMessage,
  FROM_CONTROL,
  type MessageSource,
  type UserMessageOutlets,
} from "../../master/deliver_user_message.ts";
import { RunQuestions } from "../../master/questions/run_questions.ts";
import { chooseColors } from "../../report/tables/colors.ts";
import {
  countOnceEvent,
  formatOnceEvent,
  formatOnceSummary,
  NOTHING_HAPPENED,
} from "../../report/terminal/once_view.ts";
import { TestLifecycle } from "../../session/test_lifecycle.ts";
import { createLogDeduplicator } from "../../worker/pool/log_deduplicator.ts";
import { startThreads } from "../../worker/pool/start_threads.ts";
import type { ThreadHandle } from "../../worker/pool/thread_handle.ts";
import { EXIT_USAGE, exitCodeOf, signalExitCode } from "../terminal/exit_code.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import type { Logging } from "../terminal/logging.ts";
import { openProcessLogging } from "../terminal/process_logging.ts";
import type { ProcessDeps } from "../terminal/process_deps.ts";
import { createRunPlan } from "../run/setup/run_plan.ts";
import type { FinishedRequest, RunRequest } from "../run/setup/run_request.ts";

const FROM_THREAD: MessageSource = { kind: "worker", id: LOCAL_WORKER_ID };

/** Resolves to the exit code; rejects with what makes it impossible. Ctrl-C leaves at once: nothing is waited for. */
export async function runLocustfileOnce(request: RunRequest, deps: ProcessDeps): Promise<number> {
  const { options } = request;
  using logging = openProcessLogging(options, deps);
  using interrupt = listenForInterrupt(deps.signals, () => deps.clock.nowMs());
  const [handle] = startThreads({ count: 1, entry: deps.threadEntry, startThread: deps.startThread });
  const session = new LocustfilePass(deps, logging, handle as ThreadHandle);
  const interrupted = new Promise<number>((resolve) => {
    const leave = () => {
      session.summarize();
      resolve(signalExitCode(interrupt.signal ?? "SIGINT"));
    };
    interrupt.drain.addEventListener("abort", leave, { once: true });
  });
  try {
    return await Promise.race([session.run(request), interrupted]);
  } finally {
    session.terminate();
  }
}

class LocustfilePass {
  readonly #deps: ProcessDeps;
  readonly #logging: Logging;
  readonly #handle: ThreadHandle;
  readonly #control: ControlThread;
  readonly #lifecycle: TestLifecycle;
  readonly #loaded = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #deduplicator = createLogDeduplicator();
  readonly #questions = new RunQuestions({
    toControl: (message) => this.#control.tell(message),
    workers: () => 1,
    clock: {
      nowMs: () => this.#deps.clock.nowMs(),
      schedule: (ms, fire) => this.#deps.clock.schedule(ms, fire),
    },
    note: (line) => this.#logging.named("locust.runners").info(line),
    toWorker: (_id, message) => this.#handle.post(message),
  });
  #tally = NOTHING_HAPPENED;
  #problem: string | undefined;
  #listenerFailures = 0;

  readonly #outlets: UserMessageOutlets = {
    log: (line, { kind }) => {
      if (line.during === "load" && !this.#deduplicator.isNew(kind, line.message)) return;
      this.#logging.relay(line);
    },
    customToWorkers: ({ type, data }) => this.#handle.post({ kind: "custom", type, data }),
    customToControl: ({ type, data }, workerId) =>
      void this.#lifecycle.deliver({ kind: "custom", type, data, workerId }),
    report: () => {}, // there is no master to report to
    ask: (message, source) => this.#questions.take(message, source),
    stop: (reason, source) => this.#stop(reason, source),
    listenerFailed: ({ times }) => void (this.#listenerFailures += times),
    changeUsers: () => {}, // each task runs once, whatever the number of users
  };

  constructor(deps: ProcessDeps, logging: Logging, handle: ThreadHandle) {
    this.#deps = deps;
    this.#logging = logging;
    this.#handle = handle;
    for (const { promise } of [this.#loaded, this.#ended]) promise.catch(() => {}); // the waiting call gets the error
    this.#control = openControlThread({
      entry: deps.controlEntry,
      startThread: deps.startThread,
      clock: deps.clock,
      receiver: {
        userMessage: (message) => deliverUserMessage(message, FROM_CONTROL, this.#outlets),
        failed: (problem) =>
          this.#ended.reject(new LocustError(`Cannot continue: the control thread died: ${problem}`)),
      },
    });
    this.#lifecycle = new TestLifecycle({
      control: this.#control,
      clock: deps.clock,
      logger: logging.named("locust.main"),
    });
    handle.listen({
      message: (_handle, message) => this.#heard(message),
      failed: (_handle, problem) => this.#fail(`Cannot continue: the thread of the users died: ${problem}`),
    });
  }

  async run(request: RunRequest): Promise<number> {
    const { logLevel } = request.options;
    const finished = request.finish(await this.#lifecycle.load(request.files, logLevel));
    const { options, selection } = finished;
    for (const warning of [...options.notices, ...selection.warnings]) {
      this.#logging.named("locust.main").warning(warning);
    }
    this.#handle.load({
      kind: "load",
      source: { files: request.files },
      options: options.parsedOptions,
      workerId: LOCAL_WORKER_ID,
      workerIndex: 0,
      threads: 1,
      logLevel,
      socket: options.socket,
    });
    await this.#lifecycle.init({
      options: options.parsedOptions,
      ...(options.host === undefined ? {} : { host: options.host }),
      userClasses: selection.userClasses.map((each) => each.name),
      mode: "local",
    });
    await this.#loaded.promise;
    const { ended } = await this.#lifecycle.start((shared) =>
      Promise.resolve({
        begin: () => this.#handle.post({ kind: "runOnce", plan: this.#createPlan(finished, shared) }),
        stopping: this.#ended.promise,
        drained: this.#ended.promise,
        conclude() {},
      })
    );
    await ended;
    return await this.#lifecycle.quit((processExitCode) => this.#finish(finished, processExitCode));
  }

  /** What there is so far. */
  summarize(): void {
    this.#deps.stdout.write(formatOnceSummary(this.#tally, this.#colors));
  }

  terminate(): void {
    this.#handle.terminate();
    this.#control.terminate();
  }

  #finish({ options }: FinishedRequest, processExitCode: number | null): number {
    this.summarize();
    if (this.#problem !== undefined) this.#deps.stderr.write(`${this.#problem}\n`);
    return this.#problem !== undefined ? EXIT_USAGE : exitCodeOf({
      processExitCode,
      failures: this.#tally.failures,
      exceptions: this.#tally.exceptions,
      exitCodeOnError: options.exitCodeOnError,
      reason: "requested",
      verdict: "valid",
      thresholdsBroken: 0,
      internalFailures: this.#listenerFailures + this.#lifecycle.failures,
    });
  }

  #createPlan({ options, selection, classSettings }: FinishedRequest, shared: unknown): RunPlan {
    const runId = this.#deps.createId();
    this.#questions.open(runId);
    return createRunPlan({
      options,
      selection,
      classSettings,
      shared,
      runId,
      freshSeed: seedFromId(runId),
    });
  }

  #heard(message: FromThread): void {
    switch (message.kind) {
      case "loaded":
        return this.#loaded.resolve();
      case "loadFailed":
        return this.#loaded.reject(new UsageError(message.problems, { code: "locustfile" }));
      case "once":
        this.#tally = countOnceEvent(this.#tally, message.event);
        return this.#deps.stdout.write(formatOnceEvent(message.event, this.#colors));
      case "onceEnded":
        return this.#ended.resolve();
      case "userMessage":
        return deliverUserMessage(message.message, FROM_THREAD, this.#outlets);
    }
  }

  #stop(reason: StopReason, source: MessageSource): void {
    if (source.kind === "control") return this.#ended.resolve();
    // The thread still ends its user in order; `onceEnded` follows.
    if (reason.kind === "failed") this.#problem = reason.problem;
    else if (reason.kind === "stopTest") {
      this.#deps.stdout.write(`(the locustfile stopped the test: ${reason.message})\n`);
    }
  }

  #fail(problem: string): void {
    this.#loaded.reject(new LocustError(problem));
    this.#ended.reject(new LocustError(problem));
  }

  get #colors() {
    const { env, stdout } = this.#deps;
    return chooseColors(env, stdout.isTty ? "terminal" : "other");
  }
}
