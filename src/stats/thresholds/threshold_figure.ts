/**
 * A figure of a condition as people read it: in its unit, sizes in KB and MB, with at most four digits that say
 * something. Terminal, files for people and page take value and digits from here, so that one figure is one number in
 * all of them; files for programs have it as it is. Pure.
 */

export interface ShownFigure {
  /** In `unit`. */
  readonly value: number;
  /** Behind the point, at most: zeros at the end are left out. */
  readonly digits: number;
  readonly unit: string;
}

/** What a limit was written with; more of it is noise of arithmetic. */
const WRITTEN_DIGITS = 12;

/** With as many digits as it takes to stand on its side of the limit: 300.04 ms beside 300 ms is not 300 ms. */
export function showFigure(value: number, unit: string, limit?: number): ShownFigure {
  const { factor, unit: shown } = scaleOf(value, unit);
  const scaled = value / factor;
  let digits = digitsOf(scaled);
  if (limit !== undefined) {
    const side = Math.sign(value - limit);
    while (digits < WRITTEN_DIGITS && Math.sign(Number(scaled.toFixed(digits)) - limit / factor) !== side) digits++;
  }
  return { value: scaled, digits, unit: shown };
}

/** A limit as it was written. */
export function showLimit(limit: number, unit: string): ShownFigure {
  const { factor, unit: shown } = scaleOf(limit, unit);
  return { value: Number((limit / factor).toPrecision(WRITTEN_DIGITS)), digits: WRITTEN_DIGITS, unit: shown };
}

/** `412 ms`, `1.25 %`, `0.5/s`, `61.2 MB`, `17`; `number`: the value in its digits. */
export function joinUnit(number: string, { value, unit }: ShownFigure): string {
  if (unit === "" || unit === "/s") return `${number}${unit}`;
  return `${number} ${unit === "users" && value === 1 ? "user" : unit}`;
}

export function writeFigure(figure: ShownFigure): string {
  return joinUnit(String(Number(figure.value.toFixed(figure.digits))), figure);
}

function digitsOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 1) return size >= 100 ? 1 : 2;
  return size === 0 ? 4 : Math.min(WRITTEN_DIGITS, Math.max(4, 1 - Math.floor(Math.log10(size))));
}

const SIZES = ["B", "KB", "MB", "GB", "TB"] as const;

/** Sizes in powers of 1,000, as `formatBytes` has them. */
function scaleOf(value: number, unit: string): { readonly factor: number; readonly unit: string } {
  const rest = /^(?:B|bytes)(\/s)?$/.exec(unit);
  if (rest === null) return { factor: 1, unit };
  const power = Math.min(SIZES.length - 1, Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1) / 3 + 1e-9)));
  return { factor: 1000 ** power, unit: `${SIZES[power]}${rest[1] ?? ""}` };
}
