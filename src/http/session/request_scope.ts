/** A part of a test that requests belong to, beside their task: learns when one begins, how it went, and when it is over. */
import type { BaseRes } from "./res.ts";

export interface RequestScope {
  requestStarted(): void;
  /** A request that began in the scope was counted as a failure. */
  requestFailed(): void;
  requestEnded(): void;
}

/** Follows a request whose sample is counted by its response alone. */
export async function followRequest<R extends BaseRes>(request: Promise<R>, scope: RequestScope): Promise<R> {
  scope.requestStarted();
  try {
    const res = await request;
    if (res.error !== undefined) scope.requestFailed();
    return res;
  } finally {
    scope.requestEnded();
  }
}
