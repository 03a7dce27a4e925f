/** Reads the fields of the settings dialog of a user class: only what was changed. Pure. */
import type { ApiClassEdit, ApiUserClass } from "../../src/server/api_types.ts";

export interface ClassFields {
  readonly weight: string;
  readonly fixedCount: string;
  readonly host: string;
  readonly tasks: readonly string[];
}

export interface ReadClassFields {
  /** Absent while something is wrong. */
  readonly edit?: ApiClassEdit;
  readonly problems: Readonly<Record<string, string>>;
}

export function readClassFields(fields: ClassFields, now: ApiUserClass): ReadClassFields {
  const problems: Record<string, string> = {};
  const weight = Number(fields.weight.trim());
  const fixedCount = Number(fields.fixedCount.trim());
  if (fields.weight.trim() === "" || !Number.isFinite(weight) || weight < 0) {
    problems["weight"] = "Give a number, 0 or more.";
  }
  if (fields.fixedCount.trim() === "" || !Number.isInteger(fixedCount) || fixedCount < 0) {
    problems["fixedCount"] = "Give a whole number, 0 or more.";
  }
  if (fields.tasks.length === 0) problems["tasks"] = "Choose at least one task.";
  if (Object.keys(problems).length > 0) return { problems };
  const host = fields.host.trim();
  return {
    problems,
    edit: {
      ...(weight === now.weight ? {} : { weight }),
      ...(fixedCount === now.fixedCount ? {} : { fixedCount }),
      ...(host === (now.host ?? "") ? {} : { host: host === "" ? null : host }),
      ...(fields.tasks.join("\n") === now.tasks.join("\n") ? {} : { tasks: fields.tasks }),
    },
  };
}
