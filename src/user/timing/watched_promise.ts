/**
 * The promise of a pause or a transaction in a task, which tells when somebody waits for its end: with `await`, or in a
 * `Promise.race` that may be over before. Catching its errors alone is no waiting.
 */
export class WatchedPromise<T> extends Promise<T> {
  /** What is made from it is a promise like any other. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Called once. */
  onTaken: (() => void) | undefined;

  override then<Value = T, Reason = never>(
    onEnd?: ((value: T) => Value | PromiseLike<Value>) | null,
    onError?: ((reason: unknown) => Reason | PromiseLike<Reason>) | null,
  ): Promise<Value | Reason> {
    if (typeof onEnd === "function") {
      this.onTaken?.();
      this.onTaken = undefined;
    }
    return super.then(onEnd, onError);
  }
}
