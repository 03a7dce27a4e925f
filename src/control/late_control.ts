/**
 * A control thread that is started when the first users run, so that these have the cores for themselves. Until then it
 * is answered for, as a thread would answer whose locustfile has neither listeners nor shapes; once started, it is
 * asked the same again, and hears what came meanwhile.
 *
 * Invariant: where the locustfile may need the thread, it is started before anything is answered for it.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { ThreadHost, ThreadHostReceiver } from "../platform/threads/thread_host.ts";
import type { ControlRequest, ControlUpdate, FromControl, ToControl } from "../protocol/control_message.ts";
import type { LocustfileDescription } from "../protocol/locustfile_description.ts";
import type { StartControl } from "./control_thread.ts";

/** The first users connect and send their requests meanwhile. */
const LATE_START_MS = 100;

/** A locustfile that is imported for so long fetches its data, and may need anything. */
const PATIENCE_MS = 500;

export interface LateControlOptions {
  readonly startControl: StartControl;
  readonly clock: Clock;
  /** What the locustfile holds, where it needs no control thread before its first user; undefined: it does, or nobody knows. */
  readonly plain: Promise<LocustfileDescription | undefined>;
}

/** Starts the control thread late. */
export function startControlLate({ startControl, clock, plain }: LateControlOptions): StartControl {
  return (entry, name, receiver) =>
    new LateControl({
      clock,
      plain,
      receiver,
      start: (own) => startControl(entry, name, own),
    });
}

/** What a locustfile without listeners and shapes answers. All other requests need the thread itself. */
const ANSWERS: ReadonlyMap<ControlRequest["kind"], unknown> = new Map<ControlRequest["kind"], unknown>([
  ["init", null],
  ["runSetup", {}],
  ["testStart", null],
  ["spawningComplete", null],
  ["event", null],
  ["events", null],
  ["custom", null],
  ["testStopping", null],
  ["testStop", null],
  ["runTeardown", null],
  ["quitting", null],
  ["quit", null],
]);

/** The thread is as it would have been, when it has been asked these. */
const ASKED_AGAIN: ReadonlySet<ControlRequest["kind"]> = new Set(["load", "init", "runSetup", "testStart"]);

/** `unsure`: nothing is known of the locustfile yet. `absent`: it is answered for. `catchingUp`: it is asked again. */
type State = "unsure" | "absent" | "catchingUp" | "there" | "ended";

type Asked = Extract<ToControl, { readonly id: number }>;

interface LateControlParts {
  readonly clock: Clock;
  readonly plain: LateControlOptions["plain"];
  readonly start: (receiver: ThreadHostReceiver<FromControl>) => ThreadHost<FromControl, ToControl>;
  readonly receiver: ThreadHostReceiver<FromControl>;
}

class LateControl implements ThreadHost<FromControl, ToControl> {
  readonly #parts: LateControlParts;
  #state: State = "unsure";
  #timer: Timer;
  #description: LocustfileDescription | undefined;
  #host: ThreadHost<FromControl, ToControl> | undefined;
  /** Answered already, and to be asked again. */
  readonly #owed: Asked[] = [];
  #update: ControlUpdate | undefined; // the latest
  /** For the thread, once it knows what came before. */
  readonly #kept: ToControl[] = [];

  constructor(parts: LateControlParts) {
    this.#parts = parts;
    this.#timer = parts.clock.schedule(PATIENCE_MS, () => this.#enter());
    void parts.plain.then((description) => this.#decide(description));
  }

  post(message: ToControl): void {
    if (this.#state === "there") this.#host?.post(message);
    else if (this.#state === "absent") this.#answerFor(message);
    else if (this.#state !== "ended") this.#kept.push(message);
  }

  terminate(): void {
    this.#timer.cancel();
    this.#state = "ended";
    this.#host?.terminate();
  }

  #decide(description: LocustfileDescription | undefined): void {
    if (this.#state !== "unsure") return;
    if (description === undefined) return this.#enter();
    this.#timer.cancel();
    this.#state = "absent";
    this.#description = description;
    for (const message of this.#kept.splice(0)) this.post(message);
  }

  #answerFor(message: ToControl): void {
    if (!("id" in message)) {
      if (message.kind === "update") this.#update = message;
      return; // nobody observes, nobody has asked
    }
    const { id, request: { kind } } = message;
    if (kind !== "load" && !ANSWERS.has(kind)) {
      this.#kept.push(message);
      return this.#enter();
    }
    if (ASKED_AGAIN.has(kind)) this.#owed.push(message);
    if (kind === "testStart") this.#timer = this.#parts.clock.schedule(LATE_START_MS, () => this.#enter());
    this.#parts.receiver.message({ kind: "done", id, value: kind === "load" ? this.#description : ANSWERS.get(kind) });
  }

  /** Starts the thread. */
  #enter(): void {
    this.#timer.cancel();
    this.#state = "catchingUp";
    this.#host = this.#parts.start({
      message: (message) => this.#heard(message),
      failed: (problem) => this.#fail(problem),
    });
    this.#askNext();
  }

  #askNext(): void {
    const [next] = this.#owed;
    if (next !== undefined) return this.#host?.post(next);
    this.#state = "there";
    if (this.#update !== undefined) this.#host?.post(this.#update);
    for (const message of this.#kept.splice(0)) this.#host?.post(message);
  }

  #heard(message: FromControl): void {
    if (this.#state === "ended") return;
    if (this.#state === "there" || message.kind === "userMessage") return this.#parts.receiver.message(message);
    if (message.kind === "failed") {
      this.#host?.terminate();
      return this.#fail(message.problems.join("\n"));
    }
    this.#owed.shift();
    this.#askNext();
  }

  #fail(problem: string): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#parts.receiver.failed(problem);
  }
}
