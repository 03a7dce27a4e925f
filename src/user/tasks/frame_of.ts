/**
 * Which frame runs a task set. A set knows only its parent: whoever enters it makes its frame and ties it here.
 */
import type { TaskFrame } from "./task_frame.ts";

const frames = new WeakMap<object, TaskFrame>();

/** Ties a set to the frame that runs it. */
export function bindFrame(set: object, frame: TaskFrame): void {
  frames.set(set, frame);
}

/** The frame of a set; one made by `create` and tied if nobody runs the set. */
export function frameOf(set: object, create: () => TaskFrame): TaskFrame {
  let frame = frames.get(set);
  if (frame === undefined) frames.set(set, frame = create());
  return frame;
}
