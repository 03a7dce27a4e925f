/** The change of a run that an edit form asks for: its fields checked, and a request with what differs from the run as it is. Pure. */
import { formatTimeSpan } from "../../src/base/units.ts";
import { areArrivalsAll } from "../../src/server/feed/asked_load.ts";
import type { ApiEditRequest, ApiPlan } from "../../src/server/answers/api_types.ts";
import { typedDecimal } from "./typed_number.ts";
import { checkFields, type HostKind, NO_SHAPE, problemOfRate } from "./start_plan.ts";

/** As they stand in the form; undefined: the run has nothing of the kind. */
export interface EditFields {
  readonly users: string | undefined;
  readonly spawnRate: string | undefined;
  readonly rate: string | undefined;
  readonly targetRate: string | undefined;
  readonly runTime: string;
  readonly host: string;
}

export interface CheckedEdit {
  readonly problems: Readonly<Record<string, string>>;
  /** Undefined: something is wrong. Without keys: nothing is to be changed. */
  readonly request: ApiEditRequest | undefined;
}

/** `targetUsers`: where the plan has no number. */
export function fieldsOfRun(plan: ApiPlan | null, targetUsers: number): EditFields {
  const hasUsers = plan === null || !areArrivalsAll(plan);
  return {
    users: hasUsers ? String(plan?.users ?? targetUsers) : undefined,
    spawnRate: hasUsers ? typedDecimal(plan?.spawnRate ?? 1) : undefined,
    rate: plan?.rate,
    targetRate: plan?.targetRate,
    runTime: plan?.runTimeSeconds == null ? "" : formatTimeSpan(plan.runTimeSeconds),
    host: plan?.host ?? "",
  };
}

/** Of a run with scenarios: each keeps its own load. */
export function fieldsOfScenarios(plan: ApiPlan | null): EditFields {
  const { runTime, host } = fieldsOfRun(plan, 0);
  return { users: undefined, spawnRate: undefined, rate: undefined, targetRate: undefined, runTime, host };
}

/** `before`: as the form was opened. */
export function checkEdit(fields: EditFields, before: EditFields, hosts: HostKind = "url"): CheckedEdit {
  const { users, spawnRate, runTime, host } = fields;
  const common = { users: users ?? "0", spawnRate: spawnRate ?? "1", runTime, host, profile: "", shape: NO_SHAPE };
  const { plan, problems: wrong } = checkFields({ ...common, maxUsers: "" }, [], hosts);
  const problems: Record<string, string> = { ...wrong };
  const rates: { rate?: string; targetRate?: string } = {};
  for (const key of ["rate", "targetRate"] as const) {
    const text = fields[key]?.trim();
    if (text === undefined || text === before[key]) continue; // several rates may have no text
    const problem = problemOfRate(text);
    if (problem === undefined) rates[key] = text;
    else problems[key] = problem;
  }
  if (plan === undefined || Object.keys(problems).length > 0) return { problems, request: undefined };
  const request = {
    ...(users === undefined || (users === before.users && spawnRate === before.spawnRate)
      ? {}
      : { users: plan.users, spawnRate: plan.spawnRate }),
    ...rates,
    ...(runTime === before.runTime ? {} : { runTime: plan.runTimeSeconds }),
    ...(host.trim() === before.host ? {} : { host: host.trim() }),
  };
  return { problems, request };
}
