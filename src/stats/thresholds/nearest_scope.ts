/**
 * Finds what a threshold was probably to be about, where nothing that it names was counted: names are known when the
 * run has ended. A name of another kind (a transaction named as a row) is found before a mistyped one. Pure.
 */
import { nearest } from "../../base/hints/near_miss.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { groupNameOf } from "../groups/url_names.ts";
import type { SplitName } from "./split_scope.ts";
import {
  formatScope,
  MEASURE_FAMILIES,
  type MeasureFamily,
  type MeasureScope,
  type ScopedRow,
  type ThresholdScope,
} from "./threshold.ts";

/** Everything that a run has counted. */
export type CountedNames = Pick<SnapshotMessage, "entries" | "splits" | "measures">;

/** The scope as a threshold writes it; undefined: nothing is near, or it names nothing. */
export function nearestScope(scope: ThresholdScope, counted: CountedNames): string | undefined {
  const found = scope.split === undefined ? nearestName(scope, counted) : nearestWithTag(scope, scope.split, counted);
  return found === undefined || formatScope(found) === formatScope(scope) ? undefined : formatScope(found);
}

function nearestName(scope: ThresholdScope, counted: CountedNames): ThresholdScope | undefined {
  if (scope.kind === "measures") {
    return measureNamed(scope.text, counted) ?? rowNamed(scope.text, counted.entries) ??
      nearestMeasure(scope, namesOf(scope.of, counted));
  }
  if (scope.kind !== "rows") return undefined;
  return (scope.match === "exact" ? measureNamed(scope.text, counted) : undefined) ??
    nearestRow(scope, counted.entries);
}

function nearestWithTag(scope: ThresholdScope, split: SplitName, counted: CountedNames): ThresholdScope | undefined {
  const tags = valuesByTag(scope.kind === "measures" ? counted.measures?.checkSplits : counted.splits);
  const values = tags.get(split.tag);
  if (values === undefined) {
    const tag = nearest(split.tag, tags.keys());
    return tag === undefined ? undefined : { ...scope, split: { ...split, tag } };
  }
  if (!values.has(split.value)) {
    const value = nearest(split.value, values.keys());
    return value === undefined ? undefined : { ...scope, split: { ...split, value } };
  }
  const ofValue = values.get(split.value) ?? [];
  if (scope.kind === "measures") return nearestMeasure(scope, ofValue.map(({ name }) => name));
  return scope.kind === "rows" ? nearestRow(scope, ofValue) : undefined;
}

interface NamedSplit {
  readonly tag: string;
  readonly values: readonly {
    readonly value: string;
    readonly entries?: readonly ScopedRow[];
    readonly checks?: readonly { readonly name: string }[];
  }[];
}

/** Rows or checks by tag and value. */
function valuesByTag(
  splits: readonly NamedSplit[] = [],
): ReadonlyMap<string, ReadonlyMap<string, readonly ScopedRow[]>> {
  return new Map(splits.map(({ tag, values }) => {
    const rows = values.map(({ value, entries, checks = [] }) =>
      [value, entries ?? checks.map(({ name }) => ({ method: "", name }))] as const
    );
    return [tag, new Map(rows)] as const;
  }));
}

function namesOf(family: MeasureFamily, { measures }: CountedNames): readonly string[] {
  return (measures?.[family] ?? []).map(({ name }) => name);
}

function nearestMeasure(scope: MeasureScope, names: readonly string[]): MeasureScope | undefined {
  const text = nearestText(scope, names);
  return text === undefined ? undefined : { ...scope, text };
}

function nearestRow<Scope extends { readonly text: string; readonly match: "exact" | "prefix" }>(
  scope: Scope,
  rows: readonly ScopedRow[],
): Scope | undefined {
  const names = rows.flatMap(({ method, name }) => [name, `${method} ${name}`]);
  const group = groupNameOf(scope.text);
  const text = group !== undefined && names.includes(group) ? group : nearestText(scope, names);
  return text === undefined ? undefined : { ...scope, text };
}

/** Of names, or of what they begin with. */
function nearestText(
  { match, text }: { readonly match: string; readonly text: string },
  names: readonly string[],
): string | undefined {
  if (match === "prefix") return nearest(text, names.map((name) => name.slice(0, text.length)));
  return match === "exact" ? nearest(text, names) : undefined;
}

/** A check, metric or transaction of just this name. */
function measureNamed(text: string, counted: CountedNames): MeasureScope | undefined {
  const of = MEASURE_FAMILIES.find((family) => namesOf(family, counted).includes(text));
  return of === undefined ? undefined : { kind: "measures", of, match: "exact", text };
}

function rowNamed(text: string, rows: readonly ScopedRow[]): ThresholdScope | undefined {
  const isNamed = rows.some(({ method, name }) => text === name || text === `${method} ${name}`);
  return isNamed ? { kind: "rows", text, match: "exact" } : undefined;
}
