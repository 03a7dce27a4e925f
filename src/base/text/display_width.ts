/** Terminal cells: the width of a text, and texts cut, broken or padded to a number of cells. Pure; expects escaped text. */

/** Code points that take two cells: Hangul, CJK, kana, full-width forms, and what is drawn as emoji, but for halves of flags. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|(?!\p{RI})\p{Emoji_Presentation}/u;
/** Marks that are drawn over the character before, variation selectors, joiners. */
const WIDTHLESS = /[\p{Mn}\p{Me}\p{Cf}]/u;
const ASCII = /^[\x20-\x7e]*$/;

function cellsOf(character: string): number {
  if (WIDTHLESS.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Cells of a text without control characters. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += cellsOf(character);
  return cells;
}

/** The text in at most `cells` cells; what was cut shows as `…` in the middle: both ends of a path tell most. */
export function fitText(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text;
  if (cells <= 1) return "…".slice(0, Math.max(0, cells));
  const tailCells = Math.floor((cells - 1) / 2);
  const characters = [...text];
  return `${takeCells(characters, cells - 1 - tailCells)}…${takeCells(characters.reverse(), tailCells, "reversed")}`;
}

function takeCells(characters: readonly string[], cells: number, order: "forward" | "reversed" = "forward"): string {
  const taken: string[] = [];
  let used = 0;
  for (const character of characters) {
    const width = cellsOf(character);
    if (used + width > cells) break;
    used += width;
    taken.push(character);
  }
  return (order === "reversed" ? taken.reverse() : taken).join("");
}

/** The text with spaces up to `cells` cells. */
export function padText(text: string, cells: number, align: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, cells - displayWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}

/** The text in lines of at most `cells` cells, broken at spaces, and within words that are longer. Null: one line. */
export function wrapText(text: string, cells: number | null): string[] {
  if (cells === null || displayWidth(text) <= cells) return [text];
  const width = Math.max(1, cells);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((each) => cutWord(each, width))) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
  }
  return [...lines, line];
}

function cutWord(word: string, cells: number): string[] {
  const parts: string[] = [];
  let characters = [...word];
  while (displayWidth(characters.join("")) > cells) {
    const part = takeCells(characters, cells) || characters[0] as string; // a wide character in one cell
    parts.push(part);
    characters = characters.slice([...part].length);
  }
  return [...parts, characters.join("")];
}
