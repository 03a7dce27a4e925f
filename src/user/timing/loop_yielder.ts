/**
 * Keeps a thread's event loop turning while its users never really wait: tasks that resolve at once, with no wait time, would
 * otherwise run on as microtasks and starve timers, sockets and the stop itself.
 * Costs a counter per task; a clock reading every few tasks; a loop turn only when none has passed for some milliseconds.
 */
import { setImmediate } from "node:timers";
import type { Clock } from "../../base/clock.ts";

/** Tasks between two looks at the clock. */
const TASKS_PER_LOOK = 8;
/** Tasks after which the loop turns whatever the clock says: it may be coarse, or a test's. */
const TASKS_PER_TURN = 4096;
/** How long the users of a thread may keep its event loop from turning. */
const LONGEST_HOLD_MS = 4;

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
  let lastTurnMs = clock.nowMs();
  let turn: Promise<void> | undefined;

  const turned = () => {
    turn = undefined;
    tasksSinceTurn = 0;
    lastTurnMs = clock.nowMs();
  };
  return {
    pause() {
      if (turn !== undefined) return turn;
      if (++tasks < TASKS_PER_LOOK) return undefined;
      tasks = 0;
      tasksSinceTurn += TASKS_PER_LOOK;
      if (tasksSinceTurn < TASKS_PER_TURN && clock.nowMs() - lastTurnMs < LONGEST_HOLD_MS) return undefined;
      turn = turnLoop().then(turned);
      return turn;
    },
  };
}

/** Resolves after the event loop has looked at its timers and sockets once. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
