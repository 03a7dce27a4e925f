/**
 * `this.transaction(name, block)`: the time of a block, as a whole and without think time, and whether a request in it
 * failed. A request or wait belongs to the block that its code runs in, also where one user runs several at once: the
 * runtime's `AsyncLocalStorage` carries the block along, and only while there is one.
 *
 * Think time is the time in which the block waits (`wait`, `sleep`) and no request of it is on its way.
 * Invariant: each transaction that began is counted once: as ended or as cut off.
 */
import { describeKind, requiredText } from "../../base/given_text.ts";
import { LocustError } from "../../base/errors.ts";
import { late, lateAsyncHooks } from "../../base/late_modules.ts";
import { ownFrames } from "../../base/own_frames.ts";
import { findControlFlow, StopTest, StopUser } from "../../http/session/control_flow.ts";
import type { RequestScope } from "../../http/session/request_scope.ts";
import { WatchedPromise } from "../timing/watched_promise.ts";
import type { MeasureSink } from "./measure_sink.ts";

const storage = late(() => new (lateAsyncHooks().AsyncLocalStorage)<Transaction>());

/** Of all users of this thread: while it is 0 nobody asks for the block that runs. */
let openCount = 0;

/** By their users. */
const openByUser = new Map<object, Set<Transaction>>();

const PATH_SEPARATOR = " / ";

/**
 * How many of each name are watched: whether somebody waits for their end, and where they were begun. A forgotten
 * `await` shows in the first of them, and to look takes several times as long as all the rest.
 */
const WATCHED_OF_A_NAME = 5;
const MAX_WATCHED_NAMES = 500;
const watchedByPath = new Map<string, number>();

class Transaction implements RequestScope {
  /** With the names of those around it. */
  readonly path: string;
  readonly user: object;
  readonly #sink: MeasureSink;
  readonly #parent: Transaction | undefined;
  readonly #startMs: number;
  #requests = 0;
  #waits = 0;
  #thinkMs = 0;
  #thinksSinceMs: number | undefined;
  #hasFailed = false;
  #isOver = false;
  /** Somebody waits for its end, or nobody looks for that. */
  isTaken: boolean;
  readonly #begun: Error | undefined;

  constructor(name: string, user: object, sink: MeasureSink, parent: Transaction | undefined) {
    this.path = parent === undefined ? name : `${parent.path}${PATH_SEPARATOR}${name}`;
    this.user = user;
    this.#sink = sink;
    this.#parent = parent;
    this.#startMs = sink.clock.nowMs();
    this.isTaken = !takeWatch(this.path);
    this.#begun = this.isTaken ? undefined : new Error();
  }

  /** Where the locustfile began it, if that is known. */
  get place(): string | undefined {
    return ownFrames(this.#begun)[0];
  }

  requestStarted(): void {
    this.#change(1, 0);
    this.#parent?.requestStarted();
  }

  requestEnded(): void {
    this.#change(-1, 0);
    this.#parent?.requestEnded();
  }

  requestFailed(): void {
    this.#hasFailed = true;
    this.#parent?.requestFailed();
  }

  /** Follows a wait of the user. */
  async follow(wait: Promise<void>): Promise<void> {
    this.#waited(1);
    try {
      await wait;
    } finally {
      this.#waited(-1);
    }
  }

  /** Counts it. A block that ends after its user is cut off already. */
  end(outcome: "success" | "failure"): void {
    if (!this.#close()) return;
    const nowMs = this.#sink.clock.nowMs();
    const thinkMs = this.#thinkMs + (this.#thinksSinceMs === undefined ? 0 : nowMs - this.#thinksSinceMs);
    const timeMs = nowMs - this.#startMs;
    const row = this.#sink.recorder.measures.transaction(this.path);
    row.finish(timeMs, Math.max(0, timeMs - thinkMs), this.#hasFailed ? "failure" : outcome);
  }

  cutOff(): void {
    if (this.#close()) this.#sink.recorder.measures.transaction(this.path).cutOff++;
  }

  /** False: it is over, or it began before a reset of the statistics and does not count. */
  #close(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    return this.#sink.recorder.countsSince(this.#startMs);
  }

  #waited(by: 1 | -1): void {
    this.#change(0, by);
    if (this.#parent !== undefined) this.#parent.#waited(by);
  }

  #change(requests: number, waits: number): void {
    this.#requests += requests;
    this.#waits += waits;
    const thinks = this.#waits > 0 && this.#requests === 0;
    if (thinks === (this.#thinksSinceMs !== undefined)) return;
    const nowMs = this.#sink.clock.nowMs();
    if (this.#thinksSinceMs !== undefined) this.#thinkMs += nowMs - this.#thinksSinceMs;
    this.#thinksSinceMs = thinks ? nowMs : undefined;
  }
}

/** The block of a user that the caller's code runs in. */
export function transactionOf(user: object): Transaction | undefined {
  if (openCount === 0) return undefined;
  const running = storage().getStore();
  // A timer that another user's block started may have brought us here.
  return running?.user === user ? running : undefined;
}

/** A sample that user code counts itself, as a failure: the block that does it fails. */
export function failRunningTransaction(): void {
  if (openCount > 0) storage().getStore()?.requestFailed();
}

/** Runs a block as a transaction of a user, and returns what it returns. What it throws passes on. */
export function runTransaction<T>(
  user: object,
  sink: MeasureSink,
  givenName: string,
  block: () => T | PromiseLike<T>,
): Promise<T> {
  let transaction: Transaction;
  try {
    transaction = new Transaction(readTransaction(givenName, block), user, sink, transactionOf(user));
  } catch (refusal) {
    return Promise.reject(refusal);
  }
  const running = runBlock(transaction, block);
  if (transaction.isTaken) return running;
  const watched = new WatchedPromise<T>((resolve, reject) => void running.then(resolve, reject));
  watched.onTaken = () => transaction.isTaken = true;
  return watched;
}

function takeWatch(path: string): boolean {
  const count = watchedByPath.get(path) ?? 0;
  if (count >= WATCHED_OF_A_NAME || (count === 0 && watchedByPath.size >= MAX_WATCHED_NAMES)) return false;
  watchedByPath.set(path, count + 1);
  return true;
}

/** The name. @throws LocustError for one that is none, and for a block that is none */
function readTransaction(givenName: string, block: unknown): string {
  const name = requiredText(givenName, "the name of a transaction");
  if (name === "") throw new LocustError('Cannot run a transaction: its name is empty; pass one, as in "checkout"');
  if (typeof block === "function") return name;
  const given = describeKind(block);
  throw new LocustError(
    `Cannot run the transaction "${name}": its block is ${given} and not a function; pass async () => { … }`,
  );
}

async function runBlock<T>(transaction: Transaction, block: () => T | PromiseLike<T>): Promise<T> {
  open(transaction);
  try {
    const value = await storage().run(transaction, block);
    transaction.end("success");
    return value;
  } catch (thrown) {
    const flow = findControlFlow(thrown);
    if (flow instanceof StopUser || flow instanceof StopTest) transaction.cutOff();
    else transaction.end(flow === undefined ? "failure" : "success"); // a task that is left early has not failed
    throw thrown;
  } finally {
    close(transaction);
  }
}

/** Those of a user that are on and whose end nobody waits for. */
export function forgottenTransactions(user: object): readonly Transaction[] {
  if (openCount === 0) return NONE;
  return [...openByUser.get(user) ?? NONE].filter(({ isTaken }) => !isTaken);
}

const NONE: readonly Transaction[] = [];

/** The user is gone: what is open of it is cut off. */
export function cutOffTransactions(user: object): void {
  if (openCount === 0) return;
  for (const transaction of openByUser.get(user) ?? []) {
    transaction.cutOff();
    close(transaction);
  }
}

/** Starts something that belongs to no block, whoever's timer brought us here. */
export function outsideTransactions(start: () => void): void {
  if (openCount === 0) start();
  else storage().exit(start);
}

function open(transaction: Transaction): void {
  openCount++;
  const { user } = transaction;
  const known = openByUser.get(user);
  if (known === undefined) openByUser.set(user, new Set([transaction]));
  else known.add(transaction);
}

function close(transaction: Transaction): void {
  const known = openByUser.get(transaction.user);
  if (known === undefined || !known.delete(transaction)) return;
  openCount--;
  if (known.size === 0) openByUser.delete(transaction.user);
}
