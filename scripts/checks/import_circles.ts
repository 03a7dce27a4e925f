/**
 * Check: no file of `src` and `web` imports itself by way of others, types included. A circle has no file that can be read first.
 * The one exception is Locust's own model, in which users, sets, environment and events know each other.
 */
import { type Problem, resolveImport, type SourceFile } from "./source_tree.ts";

/** The files that may import each other: what a locustfile is written with. */
export const KNOT: readonly string[] = [
  "src/user/environment.ts",
  "src/user/events/event_fields.ts",
  "src/user/events/events.ts",
  "src/user/http_user.ts",
  "src/user/load_test_shape.ts",
  "src/user/runner_facade.ts",
  "src/user/tasks/task_set.ts",
  "src/user/user.ts",
  "src/user/user_class.ts",
];

export function checkImportCircles(files: readonly SourceFile[], knot: readonly string[] = KNOT): readonly Problem[] {
  const sources = files.filter((file) => /^(?:src|web)\//.test(file.path));
  const imports = new Map(sources.map((file) => [file.path, targetsOf(file)]));
  const circles = findCircles(imports);
  const problems = circles.flatMap((circle): Problem[] => {
    const strangers = circle.filter((path) => !knot.includes(path));
    const [first] = strangers;
    if (first === undefined) return [];
    return [{ path: first, text: `imports itself by way of ${findWayBack(first, circle, imports).join(", ")}` }];
  });
  const inCircles = new Set(circles.flat());
  const stale = knot.filter((path) => !inCircles.has(path)).map((path) => ({
    path: "scripts/checks/import_circles.ts",
    text: `lists ${path}, which is in no circle any more; remove it from KNOT`,
  }));
  return [...problems, ...stale];
}

/** The groups of files that reach each other, each in alphabetical order (Tarjan's algorithm). Pure. */
export function findCircles(imports: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    lowest.set(path, order.size - 1);
    open.push(path);
    for (const target of imports.get(path) ?? []) {
      if (!imports.has(target)) continue;
      if (!order.has(target)) visit(target);
      else if (!open.includes(target)) continue;
      lowest.set(path, Math.min(lowest.get(path) ?? 0, lowest.get(target) ?? 0));
    }
    if (lowest.get(path) !== order.get(path)) return;
    const group = open.splice(open.indexOf(path));
    if (group.length > 1 || imports.get(path)?.includes(path)) circles.push(group.toSorted());
  };
  for (const path of imports.keys()) if (!order.has(path)) visit(path);
  return circles;
}

/** The shortest way from a file back to itself, within its circle. */
function findWayBack(
  from: string,
  circle: readonly string[],
  imports: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const ways: string[][] = [[from]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const target of imports.get(way.at(-1) ?? "") ?? []) {
      if (target === from) return way.slice(1);
      if (!circle.includes(target) || seen.has(target)) continue;
      seen.add(target);
      ways.push([...way, target]);
    }
  }
  return []; // it imports itself
}

function targetsOf(file: SourceFile): readonly string[] {
  const targets = file.imports.map(({ specifier }) => resolveImport(file.path, specifier));
  return [...new Set(targets.filter((target) => target !== undefined))];
}
