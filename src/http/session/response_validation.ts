/**
 * The validation of a response by the test (`catchResponse`): holds the verdict, and the sample's fields while they can
 * still be changed. Ends once, and then counts the sample by way of `finish`.
 */
import { LocustError } from "../../base/errors.ts";
import { BAD_TEXT_CODE, describeKind, givenText, requiredText } from "../../base/given_text.ts";
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

/** Passes assignments on if the statistics can hold them; any other throws where it is made. */
function refuseWrongFields(meta: RequestMeta): RequestMeta {
  return new Proxy(meta, {
    set(target, field, value: unknown) {
      const checked = typeof field === "string" && Object.hasOwn(FIELDS, field)
        ? FIELDS[field]?.(value, field)
        : undefined;
      if (checked !== undefined) return checked.value === undefined || Reflect.set(target, field, checked.value);
      const fields = Object.keys(FIELDS).join(", ");
      throw badField(String(field), `there is no such field; the fields are ${fields}`);
    },
  });
}

type FieldCheck = (value: unknown, field: string) => { readonly value: unknown };

/** `undefined` and `null` mean "not given": the field stays. */
const text: FieldCheck = (value, field) => ({ value: givenText(value, `requestMeta.${field}`) });

function valueField(isAllowed: (value: unknown) => boolean, allowed: string): FieldCheck {
  return (value, field) => {
    if (isAllowed(value)) return { value };
    throw badField(field, `${describeKind(value)} is not allowed; give ${allowed}`);
  };
}

const isAmount = (value: unknown) => typeof value === "number" && Number.isFinite(value) && value >= 0;

const FIELDS: Readonly<Record<keyof RequestMeta, FieldCheck>> & Readonly<Record<string, FieldCheck>> = {
  method: text,
  name: text,
  url: text,
  responseTime: valueField((value) => value === null || isAmount(value), "milliseconds, 0 or more, or null"),
  responseLength: valueField(isAmount, "bytes, 0 or more"),
  context: valueField((value) => typeof value === "object" && value !== null, "an object"),
  startTime: valueField(isAmount, "seconds since the Unix epoch"),
};

function badField(field: string, what: string): LocustError {
  return new LocustError(`Cannot set requestMeta.${field}: ${what}`, { code: BAD_TEXT_CODE });
}

/** The text of a reason: objects of an API's error answer as JSON. A missing reason says so, because a failure needs a text. */
function reasonText(reason: unknown): string {
  if (reason === undefined || reason === null) return `failure() got no reason: it was ${reason}`;
  if (reason === "") return "failure() got no reason: it was empty";
  if (typeof reason !== "object") return requiredText(reason, "the reason of res.failure()");
  try {
    return JSON.stringify(reason) ?? describeKind(reason);
  } catch {
    return describeKind(reason); // it contains itself, or its toJSON() throws
  }
}

/** `error` undefined: a success. */
export interface Verdict {
  readonly error: Error | undefined;
}

export class ResponseValidation {
  readonly #finish: (error: Error | undefined, meta: RequestMeta | undefined) => void;
  readonly #outcome: Error | undefined;
  readonly #createMeta: () => RequestMeta;
  #meta: RequestMeta | undefined;
  #verdict: Verdict | undefined;
  #isOpen = true;

  /**
   * `outcome` decides if the test does not: the error of the response, undefined for a good one. `finish` is given the
   * fields if anybody has asked for them, and so may have changed them.
   */
  constructor(
    outcome: Error | undefined,
    createMeta: () => RequestMeta,
    finish: (error: Error | undefined, meta: RequestMeta | undefined) => void,
  ) {
    this.#outcome = outcome;
    this.#createMeta = createMeta;
    this.#finish = finish;
  }

  get meta(): RequestMeta {
    return this.#meta ??= refuseWrongFields(this.#createMeta());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get verdict(): Verdict | undefined {
    return this.#verdict;
  }

  /** The sample is a success, whatever the response was. */
  succeed(): void {
    this.#verdict = { error: undefined };
  }

  /** The sample is a failure with this reason; text becomes a `CatchResponseError`. Throws for what cannot be a reason. */
  fail(reason: unknown): void {
    this.#verdict = { error: reason instanceof Error ? reason : new CatchResponseError(reasonText(reason)) };
  }

  /** Counts the sample; throws what the session's owner throws. */
  end(): void {
    this.#isOpen = false;
    this.#finish(this.#verdict === undefined ? this.#outcome : this.#verdict.error, this.#meta);
  }

  /** Ends without counting anything: another exception than a verdict left the block. */
  drop(): void {
    this.#isOpen = false;
  }
}
