/**
 * The messages between the master and its control thread (a Web Worker that has loaded the same locustfile). Plain
 * data. Each request carries an `id` and is answered by one `done` or `failed` with the same id, so that the master can
 * await a listener and stop waiting for one that hangs.
 */
import type { PrepareMessage } from "./thread_message.ts";
import type { LocustfileDescription, LocustfileSource } from "./locustfile_description.ts";
import type { ObservedRunEvent } from "./observed_run_message.ts";
import type { AnswerMessage } from "./question_message.ts";
import type { SnapshotMessage } from "./snapshot_message.ts";
import type { ThresholdStatus } from "./threshold_message.ts";
import type { ControlUserMessage, Enveloped } from "./user_message.ts";
import type {
  WebAnswerMessage,
  WebLoginAnswer,
  WebRequestMessage,
  WebRow,
  WebUiDescription,
} from "./web_ui_message.ts";

export type ControlRequest =
  /** Imports the locustfile. Answers with a `LocustfileDescription`. */
  | { readonly kind: "load"; readonly source: LocustfileSource; readonly logLevel: string }
  /** Options are parsed: `environment` exists, fires `init` and awaits it. */
  | {
    readonly kind: "init";
    readonly options: Readonly<Record<string, unknown>>;
    readonly host?: string;
    readonly userClasses: readonly string[];
    readonly shape?: string; // name of the chosen shape
    readonly stages?: string; // --stages: used as the shape
    readonly mode: "local" | "master";
    /** The web UI is served; the request is answered with what listeners have added to it. */
    readonly webUi?: { readonly basePath: string };
  }
  /**
   * Before a run that is set up otherwise than `init` said: its options, host and user classes, and whether a shape
   * class of the locustfile, stages, or neither decide its load.
   */
  | {
    readonly kind: "configure";
    readonly options: Readonly<Record<string, unknown>>;
    readonly host?: string;
    readonly userClasses: readonly string[];
    readonly shape?: string;
    readonly stages?: string;
  }
  /** Fires `runSetup`; answers with the merged results. */
  | { readonly kind: "runSetup" }
  | { readonly kind: "runTeardown"; readonly shared: unknown }
  | { readonly kind: "testStart" }
  | { readonly kind: "testStopping" }
  | { readonly kind: "testStop" }
  | { readonly kind: "spawningComplete"; readonly userCount: number }
  /** Calls the shape's `tick()`. Answers with a checked `ShapeTick` or null (the shape is over). */
  | { readonly kind: "shapeTick"; readonly runTimeSeconds: number; readonly currentUsers: number }
  /** Fires any other event by its public name (`workerConnect`, `workerReport`, `heartbeatReceived`, `cpuWarning` …). */
  | { readonly kind: "event"; readonly name: string; readonly fields: Readonly<Record<string, unknown>> }
  /** The same event several times, once for each of the fields. */
  | { readonly kind: "events"; readonly name: string; readonly each: readonly Readonly<Record<string, unknown>>[] }
  | { readonly kind: "custom"; readonly type: string; readonly data: unknown; readonly workerId: string }
  /** Draws a shape class before it runs. Answers with the corners of its line, or null where that is not known before. */
  | { readonly kind: "drawShape"; readonly name: string }
  /** A request to a route that the locustfile has added to the web UI. Answers with a `WebAnswerMessage`. */
  | { readonly kind: "webRequest"; readonly request: WebRequestMessage }
  /** Asks every extra tab of the web UI for its rows. Answers with them by key. */
  | { readonly kind: "webRows" }
  /** Somebody logs in to the web UI. Answers with a `WebLoginAnswer`. */
  | { readonly kind: "webLogin"; readonly fields: Readonly<Record<string, string | readonly string[]>> }
  /** Fires `quitting` (reverse order). Answers with `environment.processExitCode` or null. */
  | { readonly kind: "quitting" }
  | { readonly kind: "quit"; readonly exitCode: number };

/** Sent without an answer: what `environment.runner` and `environment.stats` show from now on. */
export interface ControlUpdate {
  readonly kind: "update";
  readonly state: string;
  readonly userCount: number;
  readonly targetUserCount: number;
  readonly workers: readonly { readonly id: string; readonly state: string; readonly users: number }[];
  readonly snapshot?: SnapshotMessage;
  /** A second of the run is over: listeners of `runEvent` get the snapshot, and these. */
  readonly ticked?: { readonly thresholds?: readonly ThresholdStatus[] };
}

/** Sent without an answer: a run event for the listeners of `runEvent`. A tick is an update that says so. */
export interface ControlObserve {
  readonly kind: "observe";
  readonly event: ObservedRunEvent;
}

/** Sent without an answer: options of the locustfile have these values from now on. */
export interface ControlOptions {
  readonly kind: "changeOptions";
  readonly options: Readonly<Record<string, unknown>>;
}

export type ToControl =
  | { readonly id: number; readonly request: ControlRequest }
  /** Ahead of the request to load it: imports the locustfile. */
  | PrepareMessage
  | ControlUpdate
  | ControlObserve
  | ControlOptions
  | AnswerMessage;

export interface ShapeTick {
  readonly users: number;
  readonly spawnRate: number;
  readonly userClasses?: readonly string[];
}

/** The answers' types, by request kind. Requests that are not named answer with null. */
export interface ControlAnswers {
  readonly load: LocustfileDescription;
  /** Null without a web UI. */
  readonly init: WebUiDescription | null;
  readonly webRequest: WebAnswerMessage;
  readonly webRows: Readonly<Record<string, readonly WebRow[]>>;
  readonly webLogin: WebLoginAnswer;
  readonly drawShape: readonly (readonly [second: number, users: number])[] | null;
  readonly runSetup: unknown;
  readonly shapeTick: ShapeTick | null;
  readonly quitting: number | null;
}

export type FromControl =
  | { readonly kind: "done"; readonly id: number; readonly value: unknown }
  /** The request failed: a listener of `init` or `runSetup` threw, the locustfile has errors. All problems at once. */
  | { readonly kind: "failed"; readonly id: number; readonly problems: readonly string[] }
  | Enveloped<ControlUserMessage>;
