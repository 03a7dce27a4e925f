/**
 * The plan by which each user class runs now. Written when a run's plan is applied, read when a user starts; a class
 * that was never planned (a test or script made it) is planned as it stands.
 */
import { planUserClass, SILENT_CONTEXT, type TaskPlan } from "./task_plan.ts";
import type { TaskOwner } from "./task_members.ts";

const plans = new WeakMap<TaskOwner, TaskPlan>();

export function setPlan(userClass: TaskOwner, plan: TaskPlan): void {
  plans.set(userClass, plan);
}

export function planOf(userClass: TaskOwner): TaskPlan {
  let plan = plans.get(userClass);
  if (plan === undefined) plans.set(userClass, plan = planUserClass(userClass, SILENT_CONTEXT));
  return plan;
}
