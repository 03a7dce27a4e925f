/**
 * Keeps a thread's event loop turning while its users never really wait: tasks that resolve at once, with no wait time,
 * would otherwise run on as microtasks and starve timers, sockets and the stop itself. Costs a counter per task; a
 * clock reading every few tasks; every few milliseconds a look whether the loop turns by itself, as it does while
 * answers come from sockets. Only if it does not, users wait for it.
 */
import { setImmediate } from "node:timers";
import type { Clock } from "../../base/clock.ts";

/** Tasks between two looks at the clock. */
const TASKS_PER_LOOK = 8;
/** Tasks after which users wait for a turn of the loop whatever the clock says: it may be coarse, or a test's. */
const TASKS_PER_TURN = 4096;
/** So long after the loop has turned it is asked for the next turn. */
const ASK_AFTER_MS = 2;
/** A turn that was asked for and has not come so long after: the users of the thread keep the loop from it. */
const LONGEST_HOLD_MS = 2;

export interface LoopYielder {
  /** Undefined: continue. Otherwise all users of the thread must await this turn of the event loop. */
  pause(): Promise<void> | undefined;
}

export function createLoopYielder(
  clock: Pick<Clock, "nowMs">,
  turnLoop: () => Promise<void> = nextTurn,
): LoopYielder {
  let tasks = 0;
  let tasksSinceTurn = 0;
  /** When the loop turned, or was asked to. */
  let sinceMs = clock.nowMs();
  /** The turn that was asked for. */
  let turn: Promise<void> | undefined;
  let mustWait = false;

  const ask = (nowMs: number) => {
    sinceMs = nowMs;
    return turn = turnLoop().then(turned);
  };
  const turned = () => {
    turn = undefined;
    mustWait = false;
    tasksSinceTurn = 0;
    sinceMs = clock.nowMs();
  };
  return {
    pause() {
      if (mustWait) return turn;
      if (++tasks < TASKS_PER_LOOK) return undefined;
      tasks = 0;
      tasksSinceTurn += TASKS_PER_LOOK;
      const nowMs = clock.nowMs();
      const isHeld = turn !== undefined && nowMs - sinceMs >= LONGEST_HOLD_MS;
      if (isHeld || tasksSinceTurn >= TASKS_PER_TURN) {
        mustWait = true;
        return turn ?? ask(nowMs);
      }
      if (turn === undefined && nowMs - sinceMs >= ASK_AFTER_MS) void ask(nowMs);
      return undefined;
    },
  };
}

/** Resolves after the event loop has looked at its timers and sockets once. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
