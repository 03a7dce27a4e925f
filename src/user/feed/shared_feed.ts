/**
 * A feed as a thread has it: its rows, opened once, and the thread's place in them in each run. All users of the thread
 * share it. Rows that are used are counted: by the lease where they are unique, else by a message a second.
 */
import { LocustError } from "../../base/errors.ts";
import { StopTest, StopUser } from "../../http/session/control_flow.ts";
import type { NumberRange } from "../../protocol/question_message.ts";
import { type MasterPort, masterPort } from "../cluster/master_port.ts";
import { judgeWait, signalOf } from "../cluster/user_wait.ts";
import type { UserLifecycle } from "../lifecycle/user_lifecycle.ts";
import type { FeedRules } from "./feed_options.ts";
import { createDraw, type RowDraw, type RowSlice } from "./row_draw.ts";
import type { OpenRows, RowSource } from "./row_source.ts";

/** Ranges on the master that are feeds begin with this. */
const FEED_RANGE = "feed ";
const COUNT_EVERY_MS = 1000;
/** One wait of many: timers have a longest time. */
const LONG_WAIT_SECONDS = 1_000_000;

/** A run's part of the feed in this thread. */
interface RunPart {
  readonly rows: OpenRows<unknown>;
  readonly draw: RowDraw;
  readonly counter: DrawCounter | undefined;
}

export class SharedFeed<Row> {
  readonly name: string;
  readonly #source: RowSource<Row>;
  readonly #rules: FeedRules;
  readonly #parts = new WeakMap<MasterPort, RunPart>();
  readonly #opening = new WeakMap<MasterPort, Promise<RunPart>>();
  #rows: Promise<OpenRows<Row>> | undefined;
  readonly #told = new WeakSet<MasterPort>();

  constructor(name: string, source: RowSource<Row>, rules: FeedRules) {
    this.name = name;
    this.#source = source;
    this.#rules = rules;
  }

  /** Reads the file again, at the start of a run. @throws LocustError that names file and line */
  async open(): Promise<void> {
    const before = this.#rows;
    this.#rows = this.#source.open();
    await this.#rows;
    (await before?.catch(() => undefined))?.close();
  }

  /** The next row for a user, or for code that is no user's. */
  async next(user: UserLifecycle | undefined): Promise<Row> {
    const port = masterPort(`get the next row of "${this.name}"`);
    try {
      const part = this.#parts.get(port) ?? await this.#enter(port);
      const number = part.draw.tryNext() ?? await part.draw.next(signalOf(user, port));
      if (number === undefined) return await this.#end(port, user);
      part.counter?.count();
      return part.rows.row(number) as Row;
    } catch (thrown) {
      throw await judgeWait(thrown, port, user);
    }
  }

  #enter(port: MasterPort): Promise<RunPart> {
    let opening = this.#opening.get(port);
    if (opening === undefined) this.#opening.set(port, opening = this.#openPart(port));
    return opening;
  }

  async #openPart(port: MasterPort): Promise<RunPart> {
    const rows = await (this.#rows ??= this.#source.open());
    const { name } = this;
    const range = `${FEED_RANGE}${name}`;
    const { slice, suffix } = this.#rules.shard ? await this.#askSlice(port, rows.size) : WHOLE(rows.size);
    const draw = createDraw({ name, rules: this.#rules, slice, port, range: range + suffix });
    const isCounted = this.#rules.unique === "none";
    const counter = isCounted ? new DrawCounter(port, range, rows.size) : undefined;
    const part = { rows, draw, counter };
    this.#parts.set(port, part);
    return part;
  }

  /** Which part of the rows this worker has. */
  async #askSlice(port: MasterPort, size: number | undefined): Promise<{ slice: RowSlice; suffix: string }> {
    const what = `learn this worker's part of "${this.name}"`;
    if (size === undefined) {
      throw new LocustError(`Cannot ${what}: rows without an end have no parts; leave out shard`, { code: "feed" });
    }
    const [part, parts] = await port.ask({ kind: "part", name: `${FEED_RANGE}${this.name}` }, { what }) as NumberRange;
    const from = Math.floor(size * part / parts);
    const to = Math.floor(size * (part + 1) / parts);
    if (from === to) {
      throw new LocustError(`Cannot ${what}: ${size} rows are not enough for ${parts} workers; leave out shard`, {
        code: "feed",
      });
    }
    return { slice: { from, size: to - from }, suffix: ` part ${part + 1} of ${parts}` };
  }

  async #end(port: MasterPort, user: UserLifecycle | undefined): Promise<never> {
    const { onEnd } = this.#rules;
    if (!this.#told.has(port)) {
      this.#told.add(port);
      port.note(`All rows of "${this.name}" are used up; ${CONSEQUENCES[onEnd]}`);
    }
    if (onEnd === "stopTest") throw new StopTest(`all rows of "${this.name}" are used up`);
    if (onEnd === "stopUser") throw new StopUser(`all rows of "${this.name}" are used up`);
    return await this.#waitForEnd(port, user);
  }

  async #waitForEnd(port: MasterPort, user: UserLifecycle | undefined): Promise<never> {
    if (user !== undefined) { for (;;) await user.pause("wait", LONG_WAIT_SECONDS); }
    if (!port.stopping.aborted) {
      await new Promise<void>((resolve) => port.stopping.addEventListener("abort", () => resolve(), { once: true }));
    }
    throw new StopUser(`the run ends; "${this.name}" gives no more rows`);
  }
}

const CONSEQUENCES: Readonly<Record<FeedRules["onEnd"], string>> = {
  recycle: "they begin again",
  stopUser: "users that need another one end",
  stopTest: "the test ends",
  wait: "users that need another one wait for the end of the run",
};

const WHOLE = (size: number | undefined) => ({ slice: { from: 0, size }, suffix: "" });

/** Tells the master once a second how many rows this thread has drawn. */
class DrawCounter {
  readonly #port: MasterPort;
  readonly #name: string;
  readonly #size: number | undefined;
  #count = 0;
  #told = 0;
  #isWaiting = false;

  constructor(port: MasterPort, name: string, size: number | undefined) {
    this.#port = port;
    this.#name = name;
    this.#size = size;
    port.atEnd(() => this.#tell());
  }

  count(): void {
    this.#count++;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#port.clock.schedule(COUNT_EVERY_MS, () => {
      this.#isWaiting = false;
      this.#tell();
    });
  }

  #tell(): void {
    if (this.#told === this.#count) return;
    this.#told = this.#count;
    const question = { kind: "drawn", name: this.#name, size: this.#size ?? null, count: this.#count } as const;
    this.#port.ask(question, { what: `count rows of "${this.#name}"` }).catch(() => {}); // at the end of the run nobody counts
  }
}
