/**
 * Calls what a locustfile adds to the web UI, in the control thread: each call has a time limit, and so many may be
 * under way at once. What goes wrong in user code is logged and becomes the answer.
 */
import { LocustError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import type { WebRequestMessage, WebRow, WebUiDescription } from "../../../protocol/web_ui_message.ts";
import { Refusal } from "../../../server/answers/api_error.ts";
import type { LocustfileWeb } from "../../../server/login/locustfile_web.ts";
import type { TestSession, WebQuestion } from "../../../session/test_session.ts";

/** A reader does not wait longer, and a handler that needs longer should answer at once and be asked again. */
const CALL_MS = 10_000;
/** Rows are asked for every second. */
const ROWS_MS = 5_000;
/** A handler that hangs must not fill the memory with questions. */
const MAX_CALLS = 50;

export interface LocustfileCallsOptions {
  readonly session: Pick<TestSession, "askWeb">;
  readonly description: WebUiDescription;
  readonly logger: Logger;
}

export class LocustfileCalls implements LocustfileWeb {
  readonly description: WebUiDescription;
  readonly #session: Pick<TestSession, "askWeb">;
  readonly #logger: Logger;
  #calls = 0;

  constructor({ session, description, logger }: LocustfileCallsOptions) {
    this.#session = session;
    this.description = description;
    this.#logger = logger;
  }

  async answer(request: WebRequestMessage) {
    return await this.#call({ kind: "webRequest", request }, CALL_MS);
  }

  async login(fields: Readonly<Record<string, string | readonly string[]>>) {
    return await this.#call({ kind: "webLogin", fields }, CALL_MS);
  }

  /** Rejects with a `Refusal`. */
  async rows(): Promise<Readonly<Record<string, readonly WebRow[]>>> {
    return await this.#call({ kind: "webRows" }, ROWS_MS);
  }

  async #call<Kind extends WebQuestion["kind"]>(question: Extract<WebQuestion, { kind: Kind }>, limitMs: number) {
    if (this.#calls >= MAX_CALLS) {
      throw new Refusal(500, `Cannot answer: ${MAX_CALLS} calls of the locustfile are in progress; try again later`);
    }
    this.#calls++;
    try {
      return await this.#session.askWeb<Kind>(question, limitMs);
    } catch (error) {
      if (!(error instanceof LocustError)) throw error;
      this.#logger.error(error.message);
      throw new Refusal(500, error.message);
    } finally {
      this.#calls--;
    }
  }
}
