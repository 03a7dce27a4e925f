/**
 * Check: no file imports itself by way of others. A circle has no file that can be read first, and where values are in it, none that can be
 * run first. The one exception is Locust's own model, whose types of users, sets, environment and events name each other.
 */
import { type Import, type Problem, resolveImport, type SourceFile } from "./source_tree.ts";

/** The files that may name each other's types: what a locustfile is written with. */
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
  const ofValues = new Map(files.map((file) => [file.path, targetsOf(file, ["value"])]));
  const ofAll = new Map(files.map((file) => [file.path, targetsOf(file, ["value", "type"])]));
  const valueCircles = findCircles(ofValues);
  const allCircles = findCircles(ofAll);
  const alreadyTold = new Set(valueCircles.flat());
  const inCircles = new Set(allCircles.flat());
  return [
    ...valueCircles.flatMap((circle) => tellCircle(circle, circle, ofValues)),
    ...allCircles.filter((circle) => !circle.some((path) => alreadyTold.has(path)))
      .flatMap((circle) => tellCircle(circle.filter((path) => !knot.includes(path)), circle, ofAll)),
    ...knot.filter((path) => !inCircles.has(path)).map((path) => ({
      path: "scripts/checks/import_circles.ts",
      text: `lists ${path}, which is in no circle any more; remove it from KNOT`,
    })),
  ];
}

/** One problem for a circle, told of its first file; none without any. */
function tellCircle(
  [first]: readonly string[],
  circle: readonly string[],
  imports: ReadonlyMap<string, readonly string[]>,
): readonly Problem[] {
  if (first === undefined) return [];
  return [{ path: first, text: `imports itself by way of ${findWayBack(first, circle, imports).join(", ")}` }];
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

function targetsOf(file: SourceFile, kinds: readonly Import["kind"][]): readonly string[] {
  const targets = file.imports.filter(({ kind }) => kinds.includes(kind))
    .map(({ specifier }) => resolveImport(file.path, specifier));
  return [...new Set(targets.filter((target) => target !== undefined))];
}
