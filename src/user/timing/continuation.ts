/**
 * Keeps what user code has put into the asynchronous context (`AsyncLocalStorage`), which lasts over its awaits, where
 * we call it without one: after a rest. The runtime cannot be asked whether there is any.
 */
import { lateAsyncHooks } from "../../base/late_modules.ts";

export interface Continuation {
  /** Calls a function in the context that was kept. */
  runInAsyncScope<Result>(call: () => Result): Result;
}

/** Keeps the context of its caller. */
export function continuationOf(): Continuation {
  return new (lateAsyncHooks().AsyncResource)("locust-ts");
}
