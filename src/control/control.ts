/**
 * The logic of the control thread, which holds the same locustfile as the workers, for everything that happens once per
 * test: shapes, the events of the master, setup and teardown, custom messages. Answers every request, with a value or
 * with problems; requests are not queued, because a listener that is awaited may itself wait for a message. Knows
 * nothing of Web Workers.
 */
import { deepFreeze } from "../base/deep_freeze.ts";
import { describeWithCauses } from "../base/error_causes.ts";
import { describeProblem, describeThrown, UsageError } from "../base/errors.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import { ControlFlow, StopTest } from "../http/session/control_flow.ts";
import type { ControlRequest, FromControl, ToControl } from "../protocol/control_message.ts";
import { CONTROL_ASKER } from "../protocol/question_message.ts";
import type { ControlUserMessage } from "../protocol/user_message.ts";
import type { ObservedRunEvent } from "../protocol/observed_run_message.ts";
import type { LocustfileDescription, LocustfileSource } from "../protocol/locustfile_description.ts";
import type { WebUiDescription } from "../protocol/web_ui_message.ts";
import { Environment } from "../user/environment.ts";
import type { Events } from "../user/events/events.ts";
import type { CollectedLocustfile } from "../user/loading/locustfile.ts";
import { WebUi } from "../user/web_ui/web_ui.ts";
import { ownFrames } from "../base/own_frames.ts";
import { provideMasterPort } from "../user/cluster/master_port.ts";
import { ControlRunner } from "./control_runner.ts";
import { ListenerRunner } from "./listener_runner.ts";
import { MasterQuestions } from "./master_questions.ts";
import { RunObservers } from "./run_observers.ts";
import { drawShape } from "./shapes/shape_drawing.ts";
import { mergeSetupResults } from "./setup_result.ts";
import {
  describeShapeError,
  evaluateInstance,
  evaluateShape,
  evaluateStages,
  type ShapeEvaluator,
} from "./shapes/shape_evaluator.ts";
import { WebFailure, WebRequests } from "./web_requests.ts";

type InitRequest = Extract<ControlRequest, { kind: "init" }>;
type ConfigureRequest = Extract<ControlRequest, { kind: "configure" }>;
type TickRequest = Extract<ControlRequest, { kind: "shapeTick" }>;

export interface ControlOptions {
  readonly post: (message: FromControl) => void;
  /** Called before each answer: listener failures of what was asked for are reported by then. */
  readonly flushFailures: () => void;
  readonly clock: Clock;
  readonly events: Events;
  /** A program's own environment, in library use; else one is made at `init`. */
  readonly environment?: Environment;
  readonly createLogger: (level: string) => Logger;
  readonly loadLocustfile: (
    source: LocustfileSource,
  ) => Promise<CollectedLocustfile | { readonly problems: readonly string[] }>;
}

/** The problems that a request is answered with. */
class Problems extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

export class Control {
  readonly #options: ControlOptions;
  readonly #observers: RunObservers;
  #logger: Logger;
  #prepared: ReturnType<ControlOptions["loadLocustfile"]> | undefined;
  #collected: CollectedLocustfile | undefined;
  #environment: Environment | undefined;
  #runner: ControlRunner | undefined;
  #shape: ShapeEvaluator | undefined;
  #shapeName = "";
  #web: WebRequests | undefined;
  #isLoading = false;
  readonly #questions: MasterQuestions;

  constructor(options: ControlOptions) {
    this.#options = options;
    const { clock } = options;
    this.#questions = new MasterQuestions({
      runId: "", // the one that is on
      thread: CONTROL_ASKER,
      seed: 0,
      place: { workerIndex: 0, threadIndex: 0 },
      clock,
      say: (message) => this.#say(message),
    });
    this.#logger = options.createLogger("INFO");
    this.#observers = new RunObservers({
      hook: options.events.runEvent,
      clock: options.clock,
      logger: () => this.#logger,
    });
  }

  /** The locustfile is being imported: what it prints now, every thread prints. */
  get isLoading(): boolean {
    return this.#isLoading;
  }

  receive(message: ToControl): void {
    if ("id" in message) void this.#answer(message.id, message.request);
    else if (message.kind === "prepare") this.#prepared = this.#collect(message.source, message.logLevel);
    else if (message.kind === "observe") this.#observe(message.event);
    else if (message.kind === "answer") this.#questions.answer(message);
    else if (message.kind === "changeOptions") this.#changeOptions(message.options);
    else {
      this.#runner?.update(message);
      const { snapshot, ticked } = message;
      if (ticked !== undefined && snapshot !== undefined) this.#observe({ kind: "ticked", snapshot, ...ticked });
    }
  }

  #changeOptions(options: Readonly<Record<string, unknown>>): void {
    const environment = this.#environment;
    if (environment !== undefined) {
      environment.parsedOptions = deepFreeze({ ...environment.parsedOptions, ...options });
    }
  }

  #observe(event: ObservedRunEvent): void {
    if (this.#environment === undefined) return;
    if (event.kind === "hostChanged") {
      this.#environment.host = typeof event["host"] === "string" ? event["host"] : undefined;
    }
    this.#observers.offer(event, this.#environment);
  }

  /** An uncaught error, of a callback or of a promise that was not awaited. */
  uncaught(error: unknown, where: string): void {
    if (error instanceof StopTest) return this.#stopTest(error);
    const frame = ownFrames(error)[0];
    const text = `${where}: ${describeThrown(error)}${frame === undefined ? "" : ` (${frame})`}`;
    this.#logger.error(text);
    this.#say({ kind: "listenerFailed", event: where, text, times: 1 });
  }

  async #answer(id: number, request: ControlRequest): Promise<void> {
    const post = (answer: FromControl) => {
      this.#options.flushFailures();
      this.#options.post(answer);
    };
    try {
      post({ kind: "done", id, value: (await this.#handle(request)) ?? null });
    } catch (thrown) {
      if (thrown instanceof StopTest) {
        this.#stopTest(thrown);
        post({ kind: "done", id, value: null });
      } else if (thrown instanceof Problems) {
        post({ kind: "failed", id, problems: thrown.problems });
      } else {
        post({ kind: "failed", id, problems: [`Cannot continue at "${request.kind}": ${describeThrown(thrown)}`] });
      }
    }
  }

  async #handle(request: ControlRequest): Promise<unknown> {
    if (request.kind === "load") return await this.#load(request.source, request.logLevel);
    if (request.kind === "init") return await this.#init(request);
    const { events } = this.#options;
    const [environment, runner] = this.#ready();
    switch (request.kind) {
      case "configure":
        return this.#configure(request, environment, runner);
      case "runSetup":
        return await this.#runSetup(environment);
      case "runTeardown":
        return await this.#runTeardown(environment, request.shared);
      case "testStart":
      case "testStopping":
      case "testStop":
        return await this.#fireAndWait(request.kind, environment);
      case "spawningComplete":
        return this.#listeners().fireByName("spawningComplete", { userCount: request.userCount });
      case "shapeTick":
        return await this.#tick(request);
      case "event":
        return this.#listeners().fireByName(request.name, { environment, ...request.fields });
      case "events":
        for (const fields of request.each) this.#listeners().fireByName(request.name, { environment, ...fields });
        return;
      case "custom":
        runner.listeners.deliver(
          { type: request.type, data: request.data, workerId: request.workerId },
          runner.environment,
        );
        return;
      case "drawShape": {
        const shapeClass = this.#collected?.shapes.get(request.name);
        return shapeClass === undefined ? null : drawShape(shapeClass);
      }
      case "webRequest":
        return await this.#askWeb((web) => web.answer(request.request));
      case "webRows":
        return await this.#askWeb((web) => web.rows());
      case "webLogin":
        return await this.#askWeb((web) => web.login(request.fields));
      case "quitting":
        await this.#observers.settle();
        await this.#fireAndWait("quitting", environment);
        return environment.processExitCode;
      case "quit":
        return await events.quit.fireAndWait({ exitCode: request.exitCode });
    }
  }

  async #load(source: LocustfileSource, logLevel: string): Promise<LocustfileDescription> {
    const collected = await (this.#prepared ?? this.#collect(source, logLevel));
    this.#prepared = undefined;
    if (collected.problems.length > 0 || !("userClasses" in collected)) throw new Problems(collected.problems);
    this.#collected = collected;
    return collected.description;
  }

  async #collect(source: LocustfileSource, logLevel: string): ReturnType<ControlOptions["loadLocustfile"]> {
    this.#logger = this.#options.createLogger(logLevel);
    this.#isLoading = true;
    return await this.#options.loadLocustfile(source).finally(() => this.#isLoading = false);
  }

  async #init(request: InitRequest): Promise<WebUiDescription | null> {
    const { events } = this.#options;
    const collected = this.#collected;
    if (collected === undefined) throw new Problems(["Cannot init: no locustfile is loaded"]);
    const runner = this.#runner = new ControlRunner({ clientId: request.mode, say: (message) => this.#say(message) });
    const environment = this.#environment = this.#options.environment ?? new Environment({
      userClasses: classesOf(collected, request.userClasses),
      events,
      parsedOptions: deepFreeze(request.options),
      logger: this.#logger,
      ...(request.host === undefined ? {} : { host: request.host }),
    });
    provideMasterPort(this.#questions);
    environment.runner ??= runner;
    runner.environment = environment;
    this.#shape = this.#chooseShape(request, collected, runner);
    environment.shapeClass = this.#shape?.shape;
    const webUi = request.webUi === undefined ? undefined : new WebUi(request.webUi);
    environment.webUi = webUi;
    const { thrown } = await events.init.collect({ environment, runner: environment.runner, webUi });
    if (thrown.length > 0) throw new Problems(thrown.map((error) => describeListener("init", error)));
    if (webUi === undefined) return null;
    this.#web = new WebRequests(webUi);
    return webUi.close();
  }

  #configure(request: ConfigureRequest, environment: Environment, runner: ControlRunner): void {
    const collected = this.#collected as CollectedLocustfile; // init came before
    environment.parsedOptions = deepFreeze(request.options);
    environment.host = request.host;
    environment.userClasses = classesOf(collected, request.userClasses);
    this.#shape = this.#chooseShape(request, collected, runner);
    environment.shapeClass = this.#shape?.shape;
  }

  #chooseShape(
    request: Pick<InitRequest, "shape" | "stages" | "userClasses">,
    collected: CollectedLocustfile,
    runner: ControlRunner,
  ): ShapeEvaluator | undefined {
    this.#shapeName = request.shape ?? "--stages";
    try {
      if (request.stages !== undefined) return evaluateStages(request.stages);
      if (request.shape === undefined) return undefined;
      const own = this.#options.environment?.shapeClass;
      if (own !== undefined) {
        return evaluateInstance(own, request.userClasses, this.#options.environment?.runner ?? runner);
      }
      const shapeClass = collected.shapes.get(request.shape);
      if (shapeClass !== undefined) return evaluateShape(shapeClass, request.userClasses, runner);
    } catch (thrown) {
      throw new Problems(thrown instanceof UsageError ? thrown.problems : [describeProblem(thrown)]);
    }
    const known = [...collected.shapes.keys()].join(", ") || "none";
    throw new Problems([`Cannot use shape "${request.shape}": the locustfile exports no such shape; it has ${known}`]);
  }

  async #tick({ runTimeSeconds, currentUsers }: TickRequest): Promise<unknown> {
    if (this.#shape === undefined) throw new Problems(["Cannot tick: no shape was chosen"]);
    try {
      return await this.#shape.tick(runTimeSeconds, currentUsers);
    } catch (thrown) {
      if (thrown instanceof StopTest) throw thrown;
      throw new Problems([describeShapeError(this.#shapeName, thrown)]);
    }
  }

  async #runSetup(environment: Environment): Promise<unknown> {
    const { values, thrown } = await this.#options.events.runSetup.collect({ environment });
    const stopTest = thrown.find((error) => error instanceof StopTest);
    if (stopTest !== undefined) throw stopTest;
    const merged = mergeSetupResults(values);
    const problems = thrown.map((error) => describeListener("runSetup", error));
    if (merged.kind === "problems") problems.push(...merged.problems);
    // Also after a failure: what the other listeners have made is for the teardown to clean up.
    environment.shared = merged.kind === "shared" ? deepFreeze(structuredClone(merged.shared)) : undefined;
    if (problems.length > 0) throw new Problems(problems);
    return environment.shared;
  }

  async #runTeardown(environment: Environment, shared: unknown): Promise<void> {
    const left = shared ?? environment.shared ?? null;
    const { thrown } = await this.#options.events.runTeardown.collect({ environment, shared: left });
    if (thrown.length > 0) throw new Problems(thrown.map((error) => describeListener("runTeardown", error)));
  }

  async #fireAndWait(name: "testStart" | "testStopping" | "testStop" | "quitting", environment: Environment) {
    const stopTest = await this.#listeners().fireAndWait(name, { environment });
    if (stopTest !== undefined) this.#stopTest(stopTest);
  }

  async #askWeb<Answer>(ask: (web: WebRequests) => Promise<Answer>): Promise<Answer> {
    if (this.#web === undefined) throw new Problems(["Cannot answer: the test has no web UI"]);
    try {
      return await ask(this.#web);
    } catch (thrown) {
      if (thrown instanceof WebFailure) throw new Problems([thrown.message]);
      throw thrown;
    }
  }

  #stopTest({ message }: StopTest): void {
    this.#say({ kind: "stopTest", message, failed: false });
  }

  #say(message: ControlUserMessage): void {
    this.#options.post({ kind: "userMessage", message });
  }

  #listeners(): ListenerRunner {
    return new ListenerRunner({ events: this.#options.events, clock: this.#options.clock, logger: this.#logger });
  }

  #ready(): [Environment, ControlRunner] {
    if (this.#environment === undefined || this.#runner === undefined) {
      throw new Problems(["Cannot fire events: the control thread has not been initialised"]);
    }
    return [this.#environment, this.#runner];
  }
}

function classesOf(collected: CollectedLocustfile, names: readonly string[]) {
  return names.map((name) => collected.userClasses.get(name)).filter((userClass) => userClass !== undefined);
}

function describeListener(event: string, thrown: unknown): string {
  const frame = thrown instanceof ControlFlow ? undefined : ownFrames(thrown)[0];
  const place = frame === undefined ? "" : ` (${frame})`;
  return `Cannot continue: a listener of "${event}" threw ${describeWithCauses(thrown)}${place}`;
}
