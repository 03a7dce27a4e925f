/**
 * Messages of a thread about a `--once` run: everything that happened, in order, as plain data that can be printed.
 * Types only.
 */

/** A body as it can be shown. `bytes`: its whole size, behind its content coding. */
export type ShownBody =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string; readonly bytes: number; readonly shown: "all" | "beginning" }
  | { readonly kind: "binary"; readonly bytes: number; readonly type: string | null }
  /** Read or written piece by piece, by the test itself. */
  | { readonly kind: "stream" };

export interface ShownMessage {
  /** Request or status line and all fields, one per line. */
  readonly head: string;
  readonly body: ShownBody;
}

export type OnceEvent =
  | { readonly kind: "userStarted"; readonly userClass: string }
  /** A task, or a hook that is not empty: `Shopper.Browse.onStart`. */
  | { readonly kind: "stepStarted"; readonly where: string; readonly step: "task" | "hook" }
  | {
    readonly kind: "exchange";
    readonly origin: string; // `http://shop.test:8000`
    readonly request: ShownMessage;
    readonly response: ShownMessage | null;
    /** Why there is no response. */
    readonly failure: string | null;
    readonly durationMs: number;
  }
  /** One row's worth of statistics: what a run would have counted. */
  | {
    readonly kind: "sample";
    readonly method: string;
    readonly name: string;
    readonly responseTimeMs: number | null;
    readonly responseLength: number;
    readonly failure: string | null;
  }
  | {
    readonly kind: "exception";
    readonly where: string;
    readonly message: string;
    readonly frames: readonly string[]; // `file:line:column in function`, innermost first
    readonly codeFrame: string; // empty where the source is not at hand
  }
  /** Control flow and the like: what it would do in a run. */
  | { readonly kind: "note"; readonly where: string; readonly text: string };
