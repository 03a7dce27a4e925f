/**
 * Merges what the listeners of `runSetup` returned into one value for `environment.shared`. Pure. Every user of every
 * worker gets a copy, so the value may hold only what JSON can express; an error names every place that does not.
 */

export type SetupResult =
  | { readonly kind: "shared"; readonly shared: Readonly<Record<string, unknown>> }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** Merges the results in the order of the listeners; a later one wins where keys meet. Listeners may return nothing. */
export function mergeSetupResults(values: readonly unknown[]): SetupResult {
  const shared: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const value of values) {
    if (value === undefined || value === null) continue;
    if (!isRecord(value)) {
      problems.push(`Cannot share what a listener of "runSetup" returned: it is ${kindOf(value)}; return an object`);
      continue;
    }
    findUnsafe(value, "shared", new Set(), problems);
    Object.assign(shared, value);
  }
  return problems.length > 0 ? { kind: "problems", problems } : { kind: "shared", shared };
}

function findUnsafe(value: unknown, path: string, above: Set<unknown>, problems: string[]): void {
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (above.has(value)) {
    problems.push(`Cannot share ${path} of "runSetup": it contains itself`);
    return;
  }
  if (!Array.isArray(value) && !isRecord(value)) {
    problems.push(`Cannot share ${path} of "runSetup": it is ${kindOf(value)}; return only what JSON can hold`);
    return;
  }
  above.add(value);
  for (const [key, inner] of Object.entries(value)) {
    findUnsafe(inner, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, above, problems);
  }
  above.delete(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "strange object"}`;
  return typeof value === "number" ? String(value) : `a ${typeof value}`;
}
