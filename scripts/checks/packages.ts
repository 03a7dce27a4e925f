/**
 * Check: each third-party package enters through one folder or file, is pinned in package.json, and has its row in
 * docs/dependencies.md with that place; and no package is listed without an import. Replacing one is then one small change.
 */
import type { Problem, SourceFile } from "./source_tree.ts";

export interface PackageFacts {
  /** `dependencies` of package.json: name → version. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Text of docs/dependencies.md. */
  readonly page: string;
}

export function checkPackages(files: readonly SourceFile[], facts: PackageFacts): readonly Problem[] {
  const importers = findImporters(files.filter((file) => file.path.startsWith("src/") || file.path === "mod.ts"));
  const rows = readRows(facts.page);
  return [
    ...[...importers].flatMap(([name, paths]) => checkImported(name, [...paths], facts.dependencies, rows)),
    ...Object.entries(facts.dependencies).flatMap(([name, version]) => {
      const problems: Problem[] = [];
      if (!importers.has(name)) problems.push({ path: "package.json", text: `nothing in src imports "${name}"` });
      if (!/^\d/.test(version)) {
        problems.push({ path: "package.json", text: `"${name}" is not pinned: write a version, not "${version}"` });
      }
      return problems;
    }),
  ];
}

function checkImported(
  name: string,
  paths: readonly string[],
  dependencies: Readonly<Record<string, string>>,
  rows: ReadonlyMap<string, string>,
): readonly Problem[] {
  const first = paths[0] ?? "src";
  if (dependencies[name] === undefined) return [{ path: first, text: `imports "${name}", which is not a dependency` }];
  const place = rows.get(name);
  if (place === undefined) {
    return [{ path: "docs/dependencies.md", text: `has no row for "${name}", which ${first} imports` }];
  }
  return paths.filter((path) => path !== place && !path.startsWith(`${place.replace(/\/$/, "")}/`)).map((path) => ({
    path,
    text: `imports "${name}": that package enters through ${place} only`,
  }));
}

function findImporters(files: readonly SourceFile[]): Map<string, Set<string>> {
  const importers = new Map<string, Set<string>>();
  for (const file of files) {
    for (const { specifier } of file.imports) {
      const name = packageOf(specifier);
      if (name !== undefined) importers.set(name, (importers.get(name) ?? new Set()).add(file.path));
    }
  }
  return importers;
}

/** `@preact/signals/x` → `@preact/signals`; undefined for own files, `node:` modules and our own name. */
function packageOf(specifier: string): string | undefined {
  if (/^(?:\.|\/|node:|file:|data:|bun:)/.test(specifier) || specifier === "locust-ts") return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
}

/** Rows of the page's table: `| name | version | place | … |`, name and place in backquotes. */
function readRows(page: string): ReadonlyMap<string, string> {
  const rows = [...page.matchAll(/^\|\s*`([^`]+)`\s*\|[^|]*\|\s*`([^`]+)`\s*\|/gm)];
  return new Map(rows.map((row) => [row[1] ?? "", row[2] ?? ""]));
}
