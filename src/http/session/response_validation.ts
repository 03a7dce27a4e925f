/**
 * The time between a response and its verdict (`catchResponse`): what the test says about it, and the sample's fields while
 * they can still be changed. Ends once, and then counts the sample by way of `finish`.
 */
import { CatchResponseError } from "./response_error.ts";

/** A sample before it is counted. Editable inside a `catchResponse` block; outside it is a copy. */
export interface RequestMeta {
  method: string;
  name: string;
  /** The URL that was requested first. */
  url: string;
  /** Milliseconds; null: counted without a time. */
  responseTime: number | null;
  /** Bytes of the decoded body. */
  responseLength: number;
  context: Record<string, unknown>;
  /** Seconds since the Unix epoch. */
  startTime: number;
}

/** `error` undefined: a success. */
export interface Verdict {
  readonly error: Error | undefined;
}

export class ResponseValidation {
  readonly meta: RequestMeta;
  readonly #finish: (error: Error | undefined, meta: RequestMeta) => void;
  readonly #outcome: Error | undefined;
  #verdict: Verdict | undefined;
  #isOpen = true;

  /** `outcome` decides if the test does not: the error of the response, undefined for a good one. */
  constructor(
    meta: RequestMeta,
    outcome: Error | undefined,
    finish: (error: Error | undefined, meta: RequestMeta) => void,
  ) {
    this.meta = meta;
    this.#outcome = outcome;
    this.#finish = finish;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get verdict(): Verdict | undefined {
    return this.#verdict;
  }

  /** Undefined: success. Text becomes a `CatchResponseError`. */
  decide(reason: string | Error | undefined): void {
    if (reason === undefined || reason instanceof Error) this.#verdict = { error: reason };
    else this.#verdict = { error: new CatchResponseError(String(reason)) };
  }

  /** Counts the sample; throws what the session's owner throws. */
  end(): void {
    this.#isOpen = false;
    this.#finish(this.#verdict === undefined ? this.#outcome : this.#verdict.error, this.meta);
  }

  /** Ends without counting anything: another exception than a verdict left the block. */
  drop(): void {
    this.#isOpen = false;
  }
}
