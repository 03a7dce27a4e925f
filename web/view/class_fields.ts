/** Reads the fields of the settings dialog of a user class: only what was changed. Pure. */
import type { ApiClassEdit, ApiUserClass } from "../../src/server/answers/api_types.ts";
import { readDecimal, readWhole, typedDecimal } from "./typed_number.ts";

/** What the class's `json()` adds to these has a field of its own. */
const KNOWN = ["host", "weight", "fixedCount", "fixed_count", "tasks"];

type Setting = ApiUserClass["settings"][string];

export interface ClassFields {
  readonly weight: string;
  readonly fixedCount: string;
  readonly host: string;
  readonly tasks: readonly string[];
  /** Attributes that the class's `json()` has beside these. */
  readonly others: Readonly<Record<string, string | boolean>>;
}

export interface ReadClassFields {
  /** Absent while something is wrong. */
  readonly edit?: ApiClassEdit;
  readonly problems: Readonly<Record<string, string>>;
}

export function toClassFields({ weight, fixedCount, host, tasks, settings }: ApiUserClass): ClassFields {
  const others = Object.entries(settings).filter(([name]) => !KNOWN.includes(name));
  return {
    weight: typedDecimal(weight),
    fixedCount: String(fixedCount),
    host: host ?? "",
    tasks,
    others: Object.fromEntries(others.map(([name, value]) => [name, toField(value)])),
  };
}

export function readClassFields(fields: ClassFields, now: ApiUserClass): ReadClassFields {
  const problems: Record<string, string> = {};
  const weight = readDecimal(fields.weight);
  const fixedCount = readWhole(fields.fixedCount);
  if (fields.weight.trim() === "" || !Number.isFinite(weight) || weight < 0) {
    problems["weight"] = "Give a number, 0 or more.";
  }
  if (fields.fixedCount.trim() === "" || !Number.isInteger(fixedCount) || fixedCount < 0) {
    problems["fixedCount"] = "Give a whole number, 0 or more.";
  }
  if (fields.tasks.length === 0) problems["tasks"] = "Choose at least one task.";
  const others: Record<string, Setting> = {};
  for (const [name, field] of Object.entries(fields.others)) {
    const before = now.settings[name] ?? null;
    if (field === toField(before)) continue;
    others[name] = typeof before === "number" && typeof field === "string" ? readDecimal(field) : field;
    const isWrong = typeof field === "string" && typeof before === "number" &&
      (field.trim() === "" || !Number.isFinite(readDecimal(field)));
    if (isWrong) problems[name] = "Give a number.";
  }
  if (Object.keys(problems).length > 0) return { problems };
  const host = fields.host.trim();
  return {
    problems,
    edit: {
      ...others,
      ...(weight === now.weight ? {} : { weight }),
      ...(fixedCount === now.fixedCount ? {} : { fixedCount }),
      ...(host === (now.host ?? "") ? {} : { host: host === "" ? null : host }),
      ...(fields.tasks.join("\n") === now.tasks.join("\n") ? {} : { tasks: fields.tasks }),
    },
  };
}

function toField(value: Setting): string | boolean {
  if (typeof value === "boolean") return value;
  return value === null ? "" : typeof value === "number" ? typedDecimal(value) : value;
}
