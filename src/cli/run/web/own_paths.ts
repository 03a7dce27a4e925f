/**
 * Files of their own for each run of one process: a path that an earlier run has written gets a number, `report-2.html`
 * for the second run. A path with `{d}` or the like in it is different anyway. Pure but for what it remembers.
 */
import { toCamelCase } from "../../../base/hints/spelling_hint.ts";
import { OPTION_TABLE } from "../../options/table/option_table.ts";
import type { RunOptions } from "../../options/reading/options.ts";

/** Fields of the options that name a file of one run. */
const FIELDS = OPTION_TABLE
  .filter(({ type, group, name }) => type === "path" && (group === "Statistics and files" || name === "journal"))
  .map((spec) => spec.field ?? toCamelCase(spec.name));

export class OwnPaths {
  readonly #written = new Set<string>();

  /** The options of the next run. */
  take(options: RunOptions): RunOptions {
    const own = Object.entries(options).map(([field, value]: [string, unknown]) =>
      [field, FIELDS.includes(field) && typeof value === "string" ? this.#own(field, value) : value] as const
    );
    return Object.fromEntries(own) as unknown as RunOptions; // the same fields, texts for texts
  }

  #own(field: string, path: string): string {
    if (field === "journal" && path === "none") return path;
    const key = (candidate: string) => `${field}\0${candidate}`;
    let own = path;
    for (let number = 2; this.#written.has(key(own)); number++) own = numbered(path, number);
    this.#written.add(key(own));
    return own;
  }
}

/** `out/report.html` → `out/report-2.html`. */
function numbered(path: string, number: number): string {
  const match = /^(.*[^/\\])(\.[A-Za-z0-9]+)$/.exec(path);
  return match === null ? `${path}-${number}` : `${match[1]}-${number}${match[2]}`;
}
