/**
 * Maps a task set to the frame that runs it. A set knows only its parent; the code that enters it makes its frame and
 * binds it here.
 */
import type { TaskFrame } from "./task_frame.ts";

const frames = new WeakMap<object, TaskFrame>();

/** Binds a set to the frame that runs it. */
export function bindFrame(set: object, frame: TaskFrame): void {
  frames.set(set, frame);
}

/** The frame of a set; one made by `create` and bound if the set does not run. */
export function frameOf(set: object, create: () => TaskFrame): TaskFrame {
  let frame = frames.get(set);
  if (frame === undefined) frames.set(set, frame = create());
  return frame;
}
