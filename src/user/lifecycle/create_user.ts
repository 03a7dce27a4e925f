/**
 * Hands a lifecycle to the constructor of a user. The public constructor takes the environment only, and a user class
 * may override it, so the lifecycle cannot be an argument; and it cannot be set afterwards, because field initializers
 * and the client already need it. JavaScript constructs synchronously, so a variable that is set during `new` and taken
 * by the first `User` constructor that runs is exact: a user that is made inside another one's constructor finds
 * nothing and gets a lifecycle of its own.
 */
import type { UserLifecycle } from "./user_lifecycle.ts";

let pending: UserLifecycle | undefined;
let inConstruction: UserLifecycle | undefined;

/** Constructs a user with the given lifecycle. */
export function createUser<E, U>(
  userClass: new (environment: E) => U,
  environment: E,
  lifecycle: UserLifecycle,
): U {
  pending = inConstruction = lifecycle;
  try {
    return new userClass(environment);
  } finally {
    pending = inConstruction = undefined;
  }
}

/** Whose constructor or field initializers run; undefined outside of them. */
export function lifecycleInConstruction(): UserLifecycle | undefined {
  return inConstruction;
}

/** The lifecycle of the user that is being constructed; undefined if a test or script makes it by hand. */
export function takePendingLifecycle(): UserLifecycle | undefined {
  const taken = pending;
  pending = undefined;
  return taken;
}
