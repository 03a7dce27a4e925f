// deno-lint-ignore-file no-control-regex -- it is a terminal
/**
 * As much of a terminal as our output uses: text, line ends, wrapping, cursor up, erase to the end of the line, colours (ignored). Everything
 * else that is written is an error.
 */

export class FakeTerminal {
  #columns: number;
  readonly #rowCount: number;
  #screen: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rowCount = rows;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#columns, rows: this.#rowCount };
  }

  /** A narrower terminal wraps what is on it, as most do. */
  resize(columns: number, _rows: number): void {
    this.#columns = columns;
    const text = this.#screen.join("\n");
    this.#screen = [""];
    this.#row = this.#column = 0;
    this.write(text);
  }

  write(text: string): void {
    for (const [token] of text.matchAll(/\x1b\[\d*[A-Za-z]|[^\x1b]|\x1b/gu)) this.#take(token);
  }

  /** The lines on the screen, without empty ones at the end. */
  lines(): string[] {
    const lines = this.#screen.map((line) => line.trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  #take(token: string): void {
    if (token === "\n") this.#toRow(this.#row + 1);
    else if (token === "\r") this.#column = 0;
    else if (/^\x1b\[\d+m$/.test(token)) return;
    else if (/^\x1b\[\d+A$/.test(token)) this.#row = Math.max(0, this.#row - Number(token.slice(2, -1)));
    else if (token === "\x1b[K") {
      this.#screen[this.#row] = (this.#screen[this.#row] ?? "").slice(0, this.#column);
    } else if (token < " ") throw new Error(`the terminal was sent ${JSON.stringify(token)}`);
    else this.#put(token);
  }

  #put(character: string): void {
    if (this.#column >= this.#columns) this.#toRow(this.#row + 1);
    const line = (this.#screen[this.#row] ?? "").padEnd(this.#column);
    this.#screen[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column++;
  }

  #toRow(row: number): void {
    this.#row = row;
    this.#column = 0;
    while (this.#screen.length <= row) this.#screen.push("");
  }
}
