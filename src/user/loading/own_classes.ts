/** The classes that a locustfile extends. They are correct, so that checks of user code leave them out. */
import { FastHttpUser, HttpUser } from "../http_user.ts";
import { LoadTestShape } from "../load_test_shape.ts";
import { chainOf, type TaskOwner } from "../tasks/task_members.ts";
import { MarkovTaskSet, SequentialTaskSet, TaskSet } from "../tasks/task_set.ts";
import { User } from "../user.ts";

const OURS: ReadonlySet<unknown> = new Set([
  User,
  HttpUser,
  FastHttpUser,
  Object.getPrototypeOf(HttpUser),
  TaskSet,
  SequentialTaskSet,
  MarkovTaskSet,
  LoadTestShape,
]);

/** A class of the locustfile and its bases there, the outermost base first. */
export function writtenLevels(owner: TaskOwner): TaskOwner[] {
  return chainOf(owner).filter((level) => !OURS.has(level));
}
