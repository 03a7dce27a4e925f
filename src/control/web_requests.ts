/**
 * Calls what a locustfile has added to the web UI: handlers of routes, rows of tabs, values of columns, the check of a
 * login. Requests and answers are plain data. What goes wrong in user code is a `WebFailure` that says where.
 */
import { describeThrown } from "../base/errors.ts";
import { ownFrames } from "../base/own_frames.ts";
import { ControlFlow } from "../http/session/control_flow.ts";
import type {
  WebAnswerMessage,
  WebCell,
  WebLoginAnswer,
  WebRequestMessage,
  WebRole,
  WebRow,
} from "../protocol/web_ui_message.ts";
import type { WebLoginFields } from "../user/web_ui/web_login.ts";
import type { WebColumn, WebTab, WebUi } from "../user/web_ui/web_ui.ts";

/** As many rows as Locust sends of a table; more make a page slow. */
const MAX_ROWS = 500;
/** The table of requests has not more rows either before it is slow. */
const MAX_VALUES = 2000;
/** A cell is a text to read, not a document. */
const MAX_CELL_LENGTH = 500;
/** An answer crosses from thread to thread as a whole. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** User code of the web UI failed. */
export class WebFailure extends Error {}

export class WebRequests {
  readonly #webUi: WebUi;

  constructor(webUi: WebUi) {
    this.#webUi = webUi;
  }

  async answer({ method, path, params, url, headers, body, role }: WebRequestMessage): Promise<WebAnswerMessage> {
    const subject = `the handler of ${method} ${path}`;
    const route = this.#webUi.findRoute(method, path);
    if (route === undefined) throw new WebFailure(`Cannot answer: the locustfile has no route ${method} ${path}`);
    const request = new Request(url, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(body === null || body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    let login: WebRole | undefined;
    const context = {
      params,
      role,
      logIn: (as: WebRole = "operator") => void (login = as === "spectator" ? "spectator" : "operator"),
    };
    const response = await attempt(subject, async () => toResponse(await route.handler(request, context)));
    const bytes = new Uint8Array(await attempt(subject, () => response.arrayBuffer()));
    if (bytes.length > MAX_ANSWER_BYTES) {
      throw new WebFailure(`Cannot answer: the answer of ${subject} is larger than 16 MB; send less`);
    }
    return {
      status: response.status,
      headers: [...response.headers],
      body: bytes,
      ...(login === undefined ? {} : { login }),
    };
  }

  async rows(): Promise<Readonly<Record<string, readonly WebRow[]>>> {
    const read = async (key: string, rows: Promise<readonly WebRow[]>) => [key, await rows] as const;
    const tabs = this.#webUi.tabs().map((tab) => read(tab.key, readRows(tab)));
    const columns = this.#webUi.columns().map((column) => read(column.key, readValues(column)));
    return Object.fromEntries(await Promise.all([...tabs, ...columns]));
  }

  async login(fields: WebLoginFields): Promise<WebLoginAnswer> {
    const { login } = this.#webUi;
    const verdict = await attempt("the check of the login", () => login?.check?.(fields));
    if (verdict === true || verdict === "operator") return { role: "operator", message: "" };
    if (verdict === "spectator") return { role: "spectator", message: "" };
    return { role: null, message: typeof verdict === "string" ? verdict : "" };
  }
}

async function readRows(tab: WebTab): Promise<readonly WebRow[]> {
  const subject = `rows() of the tab "${tab.key}"`;
  const rows: unknown = await attempt(subject, () => tab.rows());
  if (!Array.isArray(rows)) throw new WebFailure(`Cannot show the tab "${tab.key}": ${subject} did not return a list`);
  return rows.slice(0, MAX_ROWS).map((row: unknown) =>
    Object.fromEntries(
      tab.columns.map(({ key }) => [key, toCell(row === null ? null : (row as Record<string, unknown>)[key])]),
    )
  );
}

/** As rows of a table with the name of the row of requests and its value. */
async function readValues({ key, values }: WebColumn): Promise<readonly WebRow[]> {
  const subject = `values() of the column "${key}"`;
  const byRow: unknown = await attempt(subject, () => values());
  if (typeof byRow !== "object" || byRow === null) {
    throw new WebFailure(
      `Cannot show the column "${key}": ${subject} did not return an object; return {"GET /items": 12}`,
    );
  }
  return Object.entries(byRow).slice(0, MAX_VALUES).map(([name, value]) => ({ name, value: toCell(value) }));
}

function toCell(value: unknown): WebCell {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > MAX_CELL_LENGTH ? `${text.slice(0, MAX_CELL_LENGTH - 1)}…` : text;
}

function toResponse(value: unknown): Response {
  if (value instanceof Response) return value;
  if (typeof value === "string") {
    return new Response(value, { headers: { "Content-Type": "text/plain;charset=utf-8" } });
  }
  if (value instanceof Uint8Array) return new Response(new Uint8Array(value));
  if (value === undefined || value === null) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json" } });
}

async function attempt<Value>(subject: string, call: () => Value | PromiseLike<Value>): Promise<Value> {
  try {
    return await call();
  } catch (thrown) {
    if (thrown instanceof ControlFlow) throw thrown;
    const frame = ownFrames(thrown)[0];
    throw new WebFailure(
      `Cannot answer: ${subject} threw ${describeThrown(thrown)}${frame === undefined ? "" : ` (${frame})`}`,
    );
  }
}
