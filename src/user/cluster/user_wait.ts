/** The wait of a user for the master: what ends it, and what that means for the user. */
import { ControlFlow, StopUser } from "../../http/session/control_flow.ts";
import { LocustError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import { LIFECYCLE, type UserLifecycle } from "../lifecycle/user_lifecycle.ts";
import type { User } from "../user.ts";
import type { MasterPort } from "./master_port.ts";

/** Whose wait it is: a user, or a task set of one. */
export type Waiter = User | { readonly user: User };

/** @throws LocustError for what is neither; `what`: what cannot be done */
export function waiterOf(
  given: Waiter | undefined,
  what: string,
  code: "feed" | "cluster",
): UserLifecycle | undefined {
  if (given === undefined) return undefined;
  const found = lifecycleIn(given) ?? lifecycleIn(lifecycleOwner(given));
  if (found !== undefined) return found;
  throw new LocustError(`Cannot ${what}: it got ${describeKind(given)} as the user that waits; pass this`, { code });
}

function lifecycleIn(value: unknown): UserLifecycle | undefined {
  return typeof value === "object" && value !== null ? (value as Partial<User>)[LIFECYCLE] : undefined;
}

function lifecycleOwner(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (value as { readonly user?: unknown }).user : undefined;
}

/** Hooks of a user that ends may still ask: its stop is no reason not to. */
export function signalOf(user: UserLifecycle | undefined, port: MasterPort): AbortSignal {
  return user === undefined || !user.isInTasks ? port.stopping : user.stopSignal;
}

/** The error of a wait that ended. A user that must stop ends by it, and so does one whose run ends: neither is a mistake. */
export async function judgeWait(thrown: unknown, port: MasterPort, user: UserLifecycle | undefined): Promise<unknown> {
  if (thrown instanceof ControlFlow) return thrown;
  if (user?.isInTasks === true && user.stopSignal.aborted) await user.pause("sleep", 0); // throws
  const isOver = port.stopping.aborted || (thrown instanceof LocustError && thrown.code === "run_over");
  return isOver ? new StopUser("the run ends") : thrown;
}
