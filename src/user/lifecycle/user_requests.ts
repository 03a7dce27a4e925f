/**
 * The requests of one user: how many are in flight, which responses still wait for their verdict, and whom an abort
 * concerns. The only view that `http/` has of a user (`SessionOwner`); whether a request may begin is decided by the
 * user's lifecycle.
 */
import type { Clock } from "../../base/clock.ts";
import { type SampleTags, tagsOfUser } from "../../base/sample_tags.ts";
import type { NextTrace } from "../../base/trace_share.ts";
import type { EngineWatch } from "../../http/engine/engine_options.ts";
import type { WireTap } from "../../http/engine/tapped_engine.ts";
import type { AbortListener, RequestEvent, SessionOwner } from "../../http/session/session_owner.ts";
import type { RequestScope } from "../../http/session/request_scope.ts";
import type { ResponseValidation } from "../../http/session/response_validation.ts";
import type { Recorder } from "../../stats/recording/recorder.ts";
import { transactionOf } from "../measures/transaction.ts";
import { Waits } from "../timing/waits.ts";
import type { RunContext } from "./run_context.ts";

/** Extended by the user's lifecycle: a user has one object less, and a request looks at one less. */
export abstract class UserRequests extends Waits implements SessionOwner {
  expectedIntervalMs = 0;
  abstract readonly runContext: RunContext;
  abstract readonly className: string;
  /** Of the user that makes the requests, where it belongs to one. */
  abstract readonly scenario: string | undefined;
  /** `user.context()` and `user.tags`. */
  abstract readonly user: { context(): Record<string, unknown>; readonly tags?: SampleTags | undefined } | undefined;
  /** How late the iteration that runs began. */
  abstract heldBackMs: number;
  #inFlight = 0;
  #ended = 0;
  #openBlocks: Set<ResponseValidation> | undefined;
  #abortListeners: AbortListener | AbortListener[] | "aborted" | undefined; // nearly always one: the client

  abstract beforeRequest(): Promise<never> | undefined;

  /** `left` requests are still in flight. Throws when the user must go no further. */
  protected abstract afterRequest(left: number): void;

  get recorder(): Recorder {
    return this.runContext.recorder;
  }

  get clock(): Clock {
    return this.runContext.clock;
  }

  get tap(): WireTap | undefined {
    return this.runContext.tap;
  }

  get watch(): EngineWatch | undefined {
    return this.runContext.watch;
  }

  get nextTrace(): NextTrace | undefined {
    return this.runContext.nextTrace;
  }

  get scope(): RequestScope | undefined {
    return transactionOf(this);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many requests of this user have ended. */
  get ended(): number {
    return this.#ended;
  }

  get hasOpenBlocks(): boolean {
    return this.#openBlocks !== undefined && this.#openBlocks.size > 0;
  }

  get isAborted(): boolean {
    return this.#abortListeners === "aborted";
  }

  onAbort(listener: AbortListener): void {
    const known = this.#abortListeners;
    if (known === "aborted") return; // who begins something now asks first
    if (known === undefined) this.#abortListeners = listener;
    else if (Array.isArray(known)) known.push(listener);
    else this.#abortListeners = [known, listener];
  }

  /** A sample of a user of a scenario always has its name, whatever the locustfile sets. */
  sampleTags(own: SampleTags | undefined): SampleTags | undefined {
    const { user, scenario } = this;
    return tagsOfUser(user?.tags, own, scenario);
  }

  context(): Record<string, unknown> {
    return this.user?.context() ?? {};
  }

  warn(message: string): void {
    this.runContext.logger.warning(`${this.className}: ${message}`);
  }

  hasRequestListeners(): boolean {
    return this.runContext.environment.events.request.hasListeners;
  }

  fireRequest(event: RequestEvent): void {
    this.runContext.environment.events.request.notify(event);
  }

  requestStarted(): void {
    this.#inFlight++;
  }

  requestEnded(): void {
    this.#ended++;
    this.afterRequest(--this.#inFlight);
  }

  validationOpened(block: ResponseValidation): void {
    (this.#openBlocks ??= new Set()).add(block);
  }

  validationEnded(block: ResponseValidation): void {
    this.#openBlocks?.delete(block);
  }

  /**
   * Counts each `catchResponse: true` response that was not disposed by the end of its task, by its verdict or status.
   * Otherwise the server has seen a request that we do not know, and a stop would wait for it. Returns the control flow
   * that came of it.
   */
  endForgottenBlocks(where: string): unknown {
    if (!this.hasOpenBlocks) return undefined;
    let flow: unknown;
    for (const block of [...this.#openBlocks ?? []]) {
      const { method, name } = block.meta;
      this.runContext.errors.warnOnce(
        `"${where}" did not end the catchResponse block of ${method} ${name}, whose status decides now; ` +
          'write "await using res = await …", or pass a function as catchResponse',
      );
      try {
        block.end();
      } catch (thrown) {
        flow ??= thrown;
      }
    }
    return flow;
  }

  /** Ends requests in flight now. */
  abort(): void {
    const listeners = this.#abortListeners;
    this.#abortListeners = "aborted";
    if (listeners === undefined || listeners === "aborted") return;
    for (const listener of Array.isArray(listeners) ? listeners : [listeners]) listener.ownerAborted();
  }

  /** Requests that begin from here on are not aborted by what came before: the `onStop` hooks may send. */
  clearAbort(): void {
    if (this.isAborted) this.#abortListeners = undefined;
  }
}
