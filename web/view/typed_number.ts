/**
 * Numbers as people type them, with the separators of their locale, and as a form shows them to be changed. Pure, but
 * for the locale.
 */
import { decimalSign } from "./format.ts";

/** Blanks and the like between groups of digits, wherever one lives. */
const BETWEEN_GROUPS = /(?<=\d)[\s'’_](?=\d{3})/g;

/**
 * A whole number: points and commas before three digits are between groups, as there is nothing behind a decimal point.
 * NaN: none.
 */
export function readWhole(text: string): number {
  return toNumber(text.replace(/(?<=\d)[\s'’_.,](?=\d{3}(?!\d))/g, ""));
}

/** NaN: none. */
export function readDecimal(text: string): number {
  const plain = text.trim().replace(BETWEEN_GROUPS, "");
  if (decimalSign() === ",") {
    const isGrouped = /^[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$/.test(plain);
    return toNumber((isGrouped ? plain.replaceAll(".", "") : plain).replace(",", "."));
  }
  const isGrouped = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/.test(plain);
  return toNumber(isGrouped ? plain.replaceAll(",", "") : plain.replace(/^(\d+),(\d+)$/, "$1.$2"));
}

/** As `readDecimal` reads it. */
export function typedDecimal(value: number): string {
  return String(value).replace(".", decimalSign());
}

function toNumber(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}
