/**
 * Keeps the data of the locustfile's extra tabs and columns up to date: asked for once a tick, after a reset and at the
 * end, one question at a time. A question that fails is not repeated before the next tick; its rows stay as they were.
 */
import type { RunEventSink } from "../../../master/run_event.ts";
import type { WebRow } from "../../../protocol/web_ui_message.ts";
import type { LocustfileCalls } from "./locustfile_calls.ts";

export type ExtraRows = Readonly<Record<string, readonly WebRow[]>>;

export class ExtraTabs {
  readonly #calls: Pick<LocustfileCalls, "rows">;
  readonly #changed: (rows: ExtraRows) => void;
  readonly #hasData: boolean;
  #isAsking = false;
  #isDue = false;

  constructor(calls: Pick<LocustfileCalls, "rows" | "description">, changed: (rows: ExtraRows) => void) {
    this.#calls = calls;
    this.#changed = changed;
    const { tabs, columns } = calls.description;
    this.#hasData = tabs.length + columns.length > 0;
  }

  readonly sink: RunEventSink = ({ kind }) => {
    if (kind === "ticked" || kind === "statsReset" || kind === "runEnded") this.refresh();
  };

  refresh(): void {
    if (!this.#hasData) return;
    if (this.#isAsking) this.#isDue = true;
    else void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      do {
        this.#isDue = false;
        this.#changed(await this.#calls.rows());
      } while (this.#isDue);
    } catch {
      // It has been logged; the next tick asks again.
    } finally {
      this.#isAsking = false;
    }
  }
}
