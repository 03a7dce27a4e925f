/**
 * Asks the master for the parts of large data files, one at a time. What is asked for when a link breaks is asked again
 * on the next one, so that a file goes on where it was; if the master has another locustfile by then, the question is
 * over.
 */
import { LocustError } from "../base/errors.ts";
import type { ToMaster, ToWorker } from "../protocol/worker_message.ts";

type FetchPart = Extract<ToMaster, { kind: "fetchPart" }>;

/** The code of the error when the master has another locustfile than the one whose file was asked for. */
export const SUPERSEDED = "superseded";

export class PartRequests {
  readonly #send: (message: ToMaster) => void;
  #pending: { readonly request: FetchPart; readonly answer: PromiseWithResolvers<Uint8Array> } | undefined;

  constructor(send: (message: ToMaster) => void) {
    this.#send = send;
  }

  /** The bytes of a file from there on. @throws LocustError with what the master says, or `SUPERSEDED` */
  async fetch(hash: string, path: string, offset: number): Promise<Uint8Array> {
    const request = { kind: "fetchPart", hash, path, offset } as const;
    const answer = Promise.withResolvers<Uint8Array>();
    this.#pending = { request, answer };
    this.#send(request);
    return await answer.promise;
  }

  take({ hash, path, offset, bytes, problem }: Extract<ToWorker, { kind: "filePart" }>): void {
    const pending = this.#pending;
    const asked = pending?.request;
    if (pending === undefined || asked?.hash !== hash || asked.path !== path || asked.offset !== offset) return; // it came twice
    this.#pending = undefined;
    if (problem === undefined) pending.answer.resolve(bytes);
    else pending.answer.reject(new LocustError(problem, { code: "large_file" }));
  }

  /** There is a new link. `masterHash`: the locustfile that the master has now. */
  repeat(masterHash: string | undefined): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    if (masterHash === undefined || masterHash === pending.request.hash) return this.#send(pending.request);
    this.#pending = undefined;
    pending.answer.reject(new LocustError("The master has another locustfile now", { code: SUPERSEDED }));
  }
}
