/** Checks messages of iterations that came over the wire: plans and counts become values of known shape. Pure. */
import { ITERATION_KINDS, type IterationPlan, type IterationsByPlan } from "../iterations_message.ts";
import { type Fields, MAX_NAME, readCount, readList, readText, readWord, toFields } from "./read_field.ts";
import { MessageError } from "./scan_value.ts";

/** The most plans of a run: one for each scenario. */
const MAX_PLANS = 10_000;

export function parseIterationPlans(fields: Fields, field: string): readonly IterationPlan[] {
  return readList(fields, field, MAX_PLANS, (item) => {
    const plan = toFields(item, field);
    return {
      name: readText(plan, "name", MAX_NAME),
      userClasses: readList(plan, "userClasses", MAX_PLANS, (name) => readText({ name }, "name", MAX_NAME)),
      kind: readWord(plan, "kind", ITERATION_KINDS),
      count: readCount(plan, "count", 1),
    };
  });
}

export function parseIterationCounts(value: unknown): IterationsByPlan {
  const fields = toFields(value, "iterations");
  const names = Object.keys(fields);
  if (names.length > MAX_PLANS) throw new MessageError(`"iterations" has more than ${MAX_PLANS} members`);
  return Object.fromEntries(names.map((name) => {
    const counts = toFields(fields[name], "iterations");
    return [name, {
      started: readCount(counts, "started"),
      ended: readCount(counts, "ended"),
      interrupted: readCount(counts, "interrupted"),
    }];
  }));
}
