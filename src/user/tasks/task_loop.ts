/**
 * The loop of a set of tasks: run one, react to how it ended, wait, again. The same loop runs a user's own tasks and, nested in a
 * task of them, every task set. The table in `task_outcome.ts` decides what follows a task; this file does it.
 */
import { LocustError } from "../../base/errors.ts";
import {
  findControlFlow,
  InterruptTaskSet,
  RescheduleTask,
  RescheduleTaskImmediately,
} from "../../http/session/control_flow.ts";
import { ownFrames } from "../../base/own_frames.ts";
import { BEGIN_PACE } from "../timing/wait_time.ts";
import { RESTING, type Resting } from "../lifecycle/user_lifecycle.ts";
import { countFailure, isWait, pauseAfterFailuresMs } from "./failure_pause.ts";
import { bindFrame } from "./frame_of.ts";
import { TaskFrame } from "./task_frame.ts";
import { classifyThrown, describeStrayInterrupt, type Reaction, reactTo } from "./task_outcome.ts";
import { planTaskSet, SILENT_CONTEXT, type TaskEntry } from "./task_plan.ts";
import type { LoopState, RunningFrame } from "./loop_state.ts";
import type { RunnableReference, RunnableSet, TaskReceiver } from "./task_receiver.ts";
import { expectedIntervalMs, judgeConstructor, waitSeconds } from "./wait_rule.ts";

type ConcreteSet = new (parent: TaskReceiver) => TaskReceiver;

/** A receiver as the bag of its methods: read by plain property access, the cheapest there is. */
type Methods = Readonly<Record<string, unknown>>;
type Callable = (this: unknown, receiver: unknown) => unknown;

/** How a set ended: what its parent does now. Everything else leaves it as an exception. */
type Leaving = "leaveWait" | "leaveNext";

/** What a loop knew before it ran a task: its failures in a row, and the requests of its user that had ended. */
interface BeforeTask {
  readonly failures: number;
  readonly ended: number;
}

/** Runs one task of a set, whatever kind it is. */
export async function executeTask(frame: TaskFrame, task: RunnableReference): Promise<void> {
  await beginTask(frame, frame.entryFor(task));
}

/** Calls a task and returns what it returned: no promise of our own around a plain one, the loop's hot path. */
function beginTask(frame: TaskFrame, entry: TaskEntry): unknown {
  if (entry.within.length > 0) return runFlattened(frame, entry);
  return entry.target.kind === "set" ? enterSet(frame, frame.receiver, entry) : call(frame, frame.receiver, entry);
}

function call(frame: TaskFrame, receiver: TaskReceiver, entry: TaskEntry): unknown {
  const { target } = entry;
  frame.loop.where = entry.where;
  frame.loop.lifecycle.showActivity(entry.activity);
  const run = target.kind === "method" ? (receiver as unknown as Methods)[target.name] : target.reference;
  if (typeof run !== "function") throw new LocustError(`Cannot run "${entry.where}": it is no longer a method`);
  return (run as Callable).call(receiver, receiver);
}

/** A task of a flattened set gets that set as its receiver; when it interrupts the set, the user picks the next task. */
async function runFlattened(frame: TaskFrame, entry: TaskEntry): Promise<void> {
  try {
    let receiver = frame.receiver;
    for (const setClass of entry.within) receiver = await flattenedSet(frame, setClass, receiver);
    await (entry.target.kind === "set" ? enterSet(frame, receiver, entry) : call(frame, receiver, entry));
  } catch (thrown) {
    const flow = findControlFlow(thrown);
    if (!(flow instanceof InterruptTaskSet)) throw thrown;
    throw flow.reschedule ? new RescheduleTaskImmediately() : new RescheduleTask();
  }
}

/** One set of each class per user, made and started when first needed; stopped when the user stops. */
async function flattenedSet(frame: TaskFrame, setClass: RunnableSet, parent: TaskReceiver) {
  const sets = frame.loop.ownFlattened;
  let set = sets.get(setClass);
  if (set === undefined) {
    set = constructSet(frame.loop, `${frame.loop.lifecycle.className}.${setClass.name}`, setClass, parent);
    sets.set(setClass, set);
    await set.onStart();
  }
  return set;
}

/** Runs the tasks of a set until it is left, those of a user until it rests between two of them; else they are left by an exception only. */
export function runTasks(frame: TaskFrame): Promise<Leaving | Resting> {
  const { loop } = frame;
  loop.frame = frame;
  notePace(frame);
  frame.receiver[BEGIN_PACE](loop.lifecycle.runContext.clock.nowMs());
  return repeatTasks(frame, frame.parent === undefined && isPaced(frame));
}

/** Continues the tasks of a user after its rest. */
export function resumeTasks(frame: TaskFrame, refusal: Error | undefined): Promise<Reaction | Resting> {
  return refusal === undefined ? repeatTasks(frame, false) : settle(frame, refusal);
}

async function repeatTasks(frame: TaskFrame, paced: boolean): Promise<Leaving | Resting> {
  // One async frame per set that a user is in: what an await leaves alive in it costs memory for each user.
  const { loop } = frame;
  let isFirst = paced;
  for (;;) {
    let reaction: Reaction = "wait";
    const { ended } = loop.lifecycle.requests;
    const failuresBefore = loop.failuresInARow;
    if (loop.failuresInARow > 0) loop.startMs = loop.lifecycle.runContext.clock.nowMs(); // a look at the clock is not free
    try {
      loop.lifecycle.checkStop();
      if (isFirst) {
        isFirst = false;
        await waitForStart(frame);
      }
      const turnOfIteration = isLimited(frame) ? beginIteration(frame) : undefined;
      if (turnOfIteration !== undefined) await turnOfIteration;
      const { inFlight } = loop.lifecycle.requests;
      const wasInWait = loop.lifecycle.isInWait; // by what onStart left running
      const running = executeNext(frame);
      const begunAtOnce = loop.lifecycle.requests.inFlight > inFlight;
      await running;
      if (begunAtOnce && loop.lifecycle.requests.ended === ended) loop.warnOfForgottenAwait();
      if (!wasInWait && loop.lifecycle.isInForgottenPause) loop.warnOfForgottenSleep();
      loop.warnOfForgottenTransactions();
      const flow = loop.lifecycle.requests.endForgottenBlocks(loop.where);
      if (flow !== undefined) throw flow;
      loop.failuresInARow = 0;
    } catch (thrown) {
      reaction = await settle(frame, thrown);
      if (reaction === "next" || (reaction === "wait" && classifyThrown(thrown) !== "reschedule")) {
        noteFailure(loop, loop.lifecycle.requests.ended - ended);
      }
    }
    if (isLimited(frame) && frame.isIterationOver) loop.lifecycle.quota?.end();
    if (reaction === "wait" || (reaction === "next" && (isScheduled(frame) || loop.failuresInARow > 0))) {
      try {
        const waiting = waitAfter(frame, reaction);
        if (waiting === RESTING) return RESTING;
        if (waiting !== undefined) {
          await waiting;
          continue; // the event loop has turned meanwhile, and another turn would delay what was waited for
        }
      } catch (thrown) {
        reaction = await settleFailedWait(frame, thrown, { failures: failuresBefore, ended });
      }
    }
    if (reaction === "leaveWait" || reaction === "leaveNext") return reaction;
    const turn = loop.lifecycle.runContext.yielder.pause();
    if (turn !== undefined) await turn;
  }
}

function waitAfter(frame: TaskFrame, reaction: "wait" | "next"): Promise<void> | Resting | undefined {
  if (reaction === "next" && !isScheduled(frame)) return pauseBeforeNext(frame.loop);
  return isGated(frame) && frame.isIterationOver ? waitForArrival(frame) : waitBetweenTasks(frame);
}

/** A set that is left as soon as it is entered, again and again, would be entered as often as the processor can. */
function pauseBeforeNext(loop: LoopState): Promise<void> | undefined {
  loop.lifecycle.checkStop();
  const seconds = slowDown(loop, 0, "is left at once each time, and the next task follows without a wait");
  return seconds > 0 ? loop.lifecycle.pause("wait", seconds) : undefined;
}

/** Takes down that a task failed. The first failure of a row has no start time: it counts as one that failed at once. */
function noteFailure(loop: LoopState, requests: number): void {
  const tookMs = loop.failuresInARow === 0 ? 0 : loop.lifecycle.runContext.clock.nowMs() - loop.startMs;
  loop.failuresInARow = countFailure(loop.failuresInARow, tookMs, requests);
}

/** The wait after a failed task: longer than the wait time if that is next to nothing and tasks fail at once in a row. */
function slowDown(
  loop: LoopState,
  seconds: number,
  what = "fails at once each time, and its user has no wait time",
): number {
  if (isWait(seconds * 1000)) {
    loop.failuresInARow = 0;
    return seconds;
  }
  const pauseMs = pauseAfterFailuresMs(loop.failuresInARow);
  if (pauseMs === 0) return seconds;
  loop.lifecycle.runContext.errors.warnOnce(
    `"${loop.where}" ${what}; the user pauses between tries, up to 1 s`,
  );
  return pauseMs / 1000;
}

function executeNext(frame: TaskFrame): unknown {
  const { receiver } = frame;
  if (receiver.executeNextTask === undefined) return beginTask(frame, frame.pick());
  frame.loop.where = frame.choice; // until there is a task
  return receiver.executeNextTask();
}

/** Whether the set is that of a user whose iterations begin with arrivals. */
function isGated({ loop, parent }: TaskFrame): boolean {
  return parent === undefined && loop.lifecycle.gate !== undefined;
}

/** Whether the set is that of a user that makes a number of iterations. */
function isLimited({ loop, parent }: TaskFrame): boolean {
  return parent === undefined && loop.lifecycle.quota !== undefined;
}

/** Undefined: the user goes on. Throws, at once or later, if there is no iteration left. */
function beginIteration({ loop: { lifecycle } }: TaskFrame): Promise<void> | undefined {
  const turn = lifecycle.quota?.begin();
  if (turn !== undefined) return turn.then(() => lifecycle.checkStop());
  lifecycle.checkStop();
  return undefined;
}

/** Whether the next task begins when its owner's wait time would let it, or when the target rate of its class does. */
function isPaced({ loop, receiver }: TaskFrame): boolean {
  return loop.lifecycle.pacer !== undefined && (receiver === loop.user || typeof receiver.waitTime !== "function");
}

/** Whether a task that is to follow at once needs a start all the same. */
function isScheduled(frame: TaskFrame): boolean {
  return isPaced(frame) || (isGated(frame) && frame.isIterationOver);
}

/** A task that fails at once is slowed down where the rate lets its user go on at once. */
function waitForStart({ loop }: TaskFrame): Promise<void> | undefined {
  const { lifecycle } = loop;
  lifecycle.checkStop();
  const waiting = lifecycle.pacer?.next(lifecycle);
  if (loop.failuresInARow === 0) return waiting;
  const seconds = waiting === undefined ? slowDown(loop, 0) : 0;
  if (seconds > 0) return lifecycle.pause("wait", seconds);
  if (waiting !== undefined) loop.failuresInARow = 0;
  return waiting;
}

function waitForArrival({ loop: { lifecycle } }: TaskFrame): Promise<void> | undefined {
  lifecycle.checkStop();
  return lifecycle.gate?.next();
}

/** An iteration that an arrival began has no pace of its own. */
function notePace(frame: TaskFrame): void {
  const { lifecycle, user } = frame.loop;
  lifecycle.requests.expectedIntervalMs = lifecycle.gate === undefined ? expectedIntervalMs(frame, user) : 0;
}

function waitBetweenTasks(frame: TaskFrame): Promise<void> | Resting | undefined {
  if (isPaced(frame)) return waitForStart(frame);
  const { lifecycle, user } = frame.loop;
  let seconds = waitSeconds(frame, user);
  if (frame.loop.failuresInARow > 0) seconds = slowDown(frame.loop, seconds);
  lifecycle.checkStop();
  if (seconds <= 0) return undefined;
  return frame.parent === undefined ? lifecycle.rest(seconds) : lifecycle.pause("wait", seconds);
}

/** Carries out the reaction to what a task threw. Returns what the loop does next, or throws to leave it. */
async function settle(frame: TaskFrame, caught: unknown): Promise<Reaction> {
  const { loop } = frame;
  const { lifecycle } = loop;
  const thrown = findControlFlow(caught) ?? caught;
  lifecycle.requests.endForgottenBlocks(loop.where); // what comes of it is less than what was thrown
  const survive = lifecycle.runContext.environment.catchExceptions ? "survive" : "die";
  const reaction = reactTo(classifyThrown(thrown), frame.parent === undefined ? "user" : "set", survive);
  switch (reaction) {
    case "leaveWait":
    case "leaveNext":
      await stopSet(loop, frame);
      return reaction;
    case "unwind":
      lifecycle.beginHooks();
      await stopSet(loop, frame);
      throw thrown;
    case "countAndWait":
      return await countError(frame, describeStrayInterrupt(thrown));
    case "countAndDie":
      await countError(frame, describeStrayInterrupt(thrown));
      loop.escaping = { thrown };
      throw thrown;
    default:
      return reaction;
  }
}

/**
 * A wait time that throws is a failed task whose wait would fail again: control flow is obeyed, the rest ends the set. The task before
 * it does not end the row of failures, else a broken wait time would throw without a pause.
 */
async function settleFailedWait(frame: TaskFrame, thrown: unknown, before: BeforeTask): Promise<Reaction> {
  const { loop } = frame;
  loop.failuresInARow = before.failures;
  if (classifyThrown(thrown) === "error") {
    const { className } = loop.lifecycle;
    loop.where = `${frame.parent === undefined ? className : `${className}.${frame.plan.owner}`}.waitTime`;
    await countError(frame, thrown);
    loop.escaping = { thrown };
    throw thrown;
  }
  const reaction = await settle(frame, thrown);
  if (reaction !== "wait") return reaction;
  noteFailure(loop, loop.lifecycle.requests.ended - before.ended);
  const seconds = slowDown(loop, 0); // what was thrown took the place of a wait
  if (seconds > 0) await loop.lifecycle.pause("wait", seconds);
  return reaction;
}

/** Counts an exception, once on its way out, and tells `userError`. Control flow that a listener throws becomes the outcome. */
async function countError(frame: TaskFrame, thrown: unknown): Promise<Reaction> {
  const { loop, receiver } = frame;
  const { escaping, user } = loop;
  loop.escaping = undefined;
  if (escaping !== undefined && escaping.thrown === thrown) return "wait";
  const { environment, errors } = loop.lifecycle.runContext;
  errors.count(thrown, loop.where);
  if (!environment.events.userError.hasListeners) return "wait";
  const taskSet = receiver === user ? undefined : receiver;
  try {
    environment.events.userError.fire({ userInstance: user, taskSet, exception: thrown, tb: ownFrames(thrown) });
    return "wait";
  } catch (controlFlow) {
    return await settle(frame, controlFlow);
  }
}

async function enterSet(frame: TaskFrame, receiver: TaskReceiver, entry: TaskEntry): Promise<void> {
  const { loop } = frame;
  const setClass = entry.target.reference as RunnableSet;
  const plan = entry.plan ?? planTaskSet(setClass, SILENT_CONTEXT);
  const set = constructSet(loop, entry.where, setClass, receiver);
  const child = new TaskFrame(loop, set, plan, frame);
  bindFrame(set, child);
  loop.frame = child;
  loop.where = `${entry.where}.onStart`;
  try {
    const leaving = await runSet(child);
    loop.where = entry.where;
    throw leaving === "leaveNext" ? new RescheduleTaskImmediately() : new RescheduleTask();
  } finally {
    loop.frame = frame;
    notePace(frame);
  }
}

function constructSet(loop: LoopState, where: string, setClass: RunnableSet, parent: TaskReceiver): TaskReceiver {
  try {
    return new (setClass as unknown as ConcreteSet)(parent);
  } catch (thrown) {
    loop.where = `${where}.constructor`;
    throw judgeConstructor(thrown, setClass);
  }
}

async function runSet(frame: TaskFrame): Promise<Leaving> {
  try {
    await frame.receiver.onStart();
  } catch (thrown) {
    const flow = findControlFlow(thrown);
    if (flow instanceof InterruptTaskSet) return flow.reschedule ? "leaveNext" : "leaveWait";
    throw thrown;
  }
  return await runTasks(frame) as Leaving; // only a user rests
}

/** The set's `onStop`. An error in it is counted and goes no further: the set is being left anyway. */
export async function stopSet(loop: LoopState, frame: RunningFrame): Promise<void> {
  if (frame.parent === undefined) return; // a user's own onStop is run by its owner
  const { className, runContext } = loop.lifecycle;
  loop.where = `${className}.${frame.plan.owner}.onStop`;
  try {
    await frame.receiver.onStop();
  } catch (thrown) {
    if (classifyThrown(thrown) === "stop") throw thrown;
    if (classifyThrown(thrown) === "error") runContext.errors.count(thrown, loop.where);
  }
}
