/** Describes locustfiles that export no user class: finds in their texts which class was probably meant to be one. Pure. */
import { User } from "../user.ts";

interface ExportingModule {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

export function noUserClass(
  modules: readonly ExportingModule[],
  readText: (file: string) => string | undefined,
): string {
  const files = modules.map(({ file }) => file).join(", ");
  const base = modules.flatMap(({ exports }) => Object.values(exports)).find(isAbstractClass);
  if (base !== undefined) {
    return `Cannot run ${files}: its user class ${base.name} is abstract, and none extends it; remove "static abstract = true", ` +
      `or write "export class … extends ${base.name}"`;
  }
  const find = (pattern: RegExp) =>
    modules.map(({ file }) => pattern.exec(readText(file) ?? "")?.slice(1)).find((found) => found !== undefined);
  const hidden = find(/^class\s+([\w$]+)\s+extends\s+([\w$]*User)\b/m);
  const [plain] = hidden === undefined ? find(/^export\s+(?:default\s+)?class\s+([\w$]+)\s*\{/m) ?? [] : [];
  if (plain !== undefined) {
    return `Cannot run ${files}: its class ${plain} extends no user class; write "export class ${plain} extends HttpUser"`;
  }
  const [name = "…", parent = "HttpUser"] = hidden ?? [];
  return `Cannot run ${files}: no user class is exported; write "export class ${name} extends ${parent}"`;
}

function isAbstractClass(value: unknown): value is { readonly name: string } {
  return typeof value === "function" && value.prototype instanceof User && Object.hasOwn(value, "abstract") &&
    Reflect.get(value, "abstract") === true;
}
