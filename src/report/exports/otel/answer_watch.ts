/**
 * Sees the statuses of a receiver's answers, which the SDK's exporter keeps to itself: of an answer that another
 * attempt may better (429, 502, 503, 504) its error says no more than that. Both runtimes tell of the end of each
 * request made by `node:http`.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";

const CHANNEL = "http.client.response.finish";

export interface AnswerWatch extends Disposable {
  /** The status of the last answer, as `503 Service Unavailable`; undefined where none came. */
  readonly last: string | undefined;
  /** Another request begins. */
  forget(): void;
}

interface Finished {
  readonly request: { readonly host?: string; readonly path?: string };
  readonly response: { readonly statusCode?: number; readonly statusMessage?: string };
}

export function watchAnswers(url: string): AnswerWatch {
  const { hostname, pathname, search } = new URL(url);
  let last: string | undefined;
  const look = (message: unknown) => {
    const { request, response } = message as Finished;
    if (request.host !== hostname || request.path !== pathname + search) return;
    last = `${response.statusCode ?? ""} ${response.statusMessage ?? ""}`.trim();
  };
  subscribe(CHANNEL, look);
  return {
    get last() {
      return last;
    },
    forget: () => void (last = undefined),
    [Symbol.dispose]: () => void unsubscribe(CHANNEL, look),
  };
}
