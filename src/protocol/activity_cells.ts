/**
 * The `Int32` cells that a thread shares with its worker (`load.activity`): each side knows by them what it cannot ask
 * the other.
 */

/** What user code does, as a number of the locustfile's activities; 0: nothing that has one. */
export const ACTIVITY_CELL = 0;
/** Counts the beats of the thread's own timer. */
export const BEAT_CELL = 1;
/** Counts what user code was given to do: how often the activity was written. Only the thread reads it. */
export const STEP_CELL = 2;
/** The number that the system gives the thread; 0: it is not known. */
export const NUMBER_CELL = 3;
export const ACTIVITY_CELLS = 4;
