/**
 * The master's handle on its control thread. Every request is answered, by the thread or by its time limit: a `tick()`
 * or a listener that hangs is named in the error and never delays the master further.
 */
import type { Clock, Timer } from "../base/clock.ts";
import { LocustError, UsageError } from "../base/errors.ts";
import type { ThreadHost, ThreadHostReceiver } from "../platform/threads/thread_host.ts";
import type {
  ControlAnswers,
  ControlObserve,
  ControlOptions,
  ControlRequest,
  ControlUpdate,
  FromControl,
  ToControl,
} from "../protocol/control_message.ts";
import type { AnswerMessage } from "../protocol/question_message.ts";
import type { ControlUserMessage } from "../protocol/user_message.ts";
import { CONTROL_THREAD } from "./thread_name.ts";

export interface ControlThreadReceiver {
  /** User code in the control thread has something for the test as a whole. */
  userMessage(message: ControlUserMessage): void;
  /** The thread died; every open and later question fails. */
  failed(problem: string): void;
}

/** A `StartThread` does, and so does what stands in for the thread at first. */
export type StartControl = (
  entry: URL,
  name: string,
  receiver: ThreadHostReceiver<FromControl>,
) => ThreadHost<FromControl, ToControl>;

export interface ControlThreadOptions {
  readonly entry: URL;
  readonly startThread: StartControl;
  readonly clock: Clock;
  readonly receiver: ControlThreadReceiver;
}

/**
 * A thread that answers nothing at all for so long, after a question ran into its limit, is blocked by a loop that
 * never ends.
 */
const BLOCKED_AFTER_MS = 2000;

type RequestOf<Kind extends ControlRequest["kind"]> = Extract<ControlRequest, { kind: Kind }>;
type AnswerTo<Kind extends ControlRequest["kind"]> = Kind extends keyof ControlAnswers ? ControlAnswers[Kind] : null;

interface Question {
  readonly request: ControlRequest;
  readonly timer: Timer;
  readonly answer: (value: unknown) => void;
  readonly fail: (error: Error) => void;
}

export class ControlThread {
  readonly #options: ControlThreadOptions;
  readonly #questions = new Map<number, Question>();
  #host: ThreadHost<FromControl, ToControl> | undefined;
  #shape = "";
  #probe: Timer | undefined;
  #nextId = 1;

  constructor(options: ControlThreadOptions) {
    this.#options = options;
  }

  start(): void {
    const { entry, startThread, receiver } = this.#options;
    this.#host = startThread(entry, CONTROL_THREAD, {
      message: (message) => this.#heard(message),
      failed: (problem) => {
        this.#host = undefined;
        this.#failAll(`the control thread died: ${problem}`);
        receiver.failed(problem);
      },
    });
  }

  /**
   * Asks and waits. Rejects with a `UsageError` (code `locustfile`) when the locustfile cannot be loaded, else with a
   * `LocustError`: code `control_failed` (user code threw), `control_timeout` (it has not come back), `control_gone`.
   */
  ask<Kind extends ControlRequest["kind"]>(request: RequestOf<Kind>, timeoutMs: number): Promise<AnswerTo<Kind>> {
    this.#noteShape(request);
    return new Promise((resolve, reject) => {
      if (this.#host === undefined) {
        reject(
          new LocustError(`Cannot ask for ${this.#name(request)}: the control thread is gone`, {
            code: "control_gone",
          }),
        );
        return;
      }
      const id = this.#nextId++;
      const timer = this.#options.clock.schedule(timeoutMs, () => {
        this.#questions.delete(id);
        this.#probeAfter(request);
        reject(
          new LocustError(
            `Cannot continue: ${this.#name(request)} has not returned for ${timeoutMs / 1000} s; ` +
              "look for a loop that never ends or an await that never settles",
            { code: "control_timeout" },
          ),
        );
      });
      const answer = (value: unknown) => resolve(value as AnswerTo<Kind>); // the two ends share ControlAnswers
      this.#questions.set(id, { request, timer, answer, fail: reject });
      this.#host.post({ id, request });
    });
  }

  /** What user code sees from now on; not answered. */
  tell(news: ControlUpdate | ControlObserve | ControlOptions | AnswerMessage): void {
    this.#host?.post(news);
  }

  /** Ends the thread at once. */
  terminate(): void {
    this.#probe?.cancel();
    this.#probe = undefined;
    this.#host?.terminate();
    this.#host = undefined;
    this.#failAll("the control thread was ended");
  }

  /**
   * One question has not been answered. A listener that waits for something keeps only its own question open; a loop
   * that never ends keeps all of them, and each would run into its limit: such a thread is ended.
   */
  #probeAfter(request: ControlRequest): void {
    if (this.#host === undefined || this.#probe !== undefined) return;
    this.#host.post({ id: this.#nextId++, request: { kind: "event", name: "", fields: {} } });
    this.#probe = this.#options.clock.schedule(BLOCKED_AFTER_MS, () => {
      this.terminate();
      this.#options.receiver.failed(`it is blocked by ${this.#name(request)}, a loop that never ends`);
    });
  }

  #noteShape(request: ControlRequest): void {
    if (request.kind === "init") this.#shape = request.shape ?? (request.stages === undefined ? "" : "--stages");
  }

  #heard(message: FromControl): void {
    this.#probe?.cancel();
    this.#probe = undefined;
    if (message.kind === "userMessage") return this.#options.receiver.userMessage(message.message);
    const question = this.#questions.get(message.id);
    if (question === undefined) return; // came after its time limit
    this.#questions.delete(message.id);
    question.timer.cancel();
    if (message.kind === "done") return question.answer(message.value);
    if (question.request.kind === "load") {
      return question.fail(new UsageError(message.problems, { code: "locustfile" }));
    }
    question.fail(new LocustError(message.problems.join("\n"), { code: "control_failed" }));
  }

  #failAll(problem: string): void {
    for (const { request, timer, fail } of this.#questions.values()) {
      timer.cancel();
      fail(new LocustError(`Cannot continue with ${this.#name(request)}: ${problem}`, { code: "control_gone" }));
    }
    this.#questions.clear();
  }

  /** What user code does for a request, as part of a sentence. */
  #name(request: ControlRequest): string {
    switch (request.kind) {
      case "load":
        return `the import of ${request.source.files.map((file) => `"${file}"`).join(", ")}`;
      case "shapeTick":
        return `tick() of shape "${this.#shape}"`;
      case "event":
      case "events":
        return `a listener of "${request.name}"`;
      case "custom":
        return `a listener of message "${request.type}"`;
      case "webRequest":
        return `the handler of ${request.request.method} ${request.request.path}`;
      case "drawShape":
        return `tick() of shape "${request.name}"`;
      case "webRows":
        return "rows of an extra tab";
      case "webLogin":
        return "check of the login";
      default:
        return `a listener of "${request.kind}"`;
    }
  }
}

/** Starts the control thread. It starts in the background; the first request waits for it. */
export function openControlThread(options: ControlThreadOptions): ControlThread {
  const thread = new ControlThread(options);
  thread.start();
  return thread;
}
