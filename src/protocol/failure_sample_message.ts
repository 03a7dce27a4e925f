/** One failed request as an example of its kind of failure, masked and cut by the thread that made it. Types and bounds. */

/** Of the body; enough for the first lines of an error page or an error as JSON. */
export const MAX_SAMPLE_BODY_BYTES = 2048;
export const MAX_SAMPLE_TEXT = 1000;
export const MAX_SAMPLE_HEADERS = 20;

export interface FailureSample {
  /** Method and URL. */
  readonly request: string;
  /** Null: there was no response. */
  readonly status: number | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The beginning as text; null where there is none, or where it is no text. */
  readonly body: string | null;
  /** Of the whole body. */
  readonly bodyBytes: number;
}

/** A sample on its way: `ageMs` before the moment its delta was packed. */
export interface AgedFailureSample extends FailureSample {
  readonly ageMs: number;
}
