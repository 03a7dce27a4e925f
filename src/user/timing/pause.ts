/**
 * The promise of a pause in a task, which tells when somebody waits for its end: with `await`, or in a `Promise.race` that may be over
 * before. Catching its errors alone is no waiting.
 */
export class Pause extends Promise<void> {
  /** What is made from it is a promise like any other. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Called once. */
  onTaken: (() => void) | undefined;

  override then<Value = void, Reason = never>(
    onEnd?: ((value: void) => Value | PromiseLike<Value>) | null,
    onError?: ((reason: unknown) => Reason | PromiseLike<Reason>) | null,
  ): Promise<Value | Reason> {
    if (typeof onEnd === "function") {
      this.onTaken?.();
      this.onTaken = undefined;
    }
    return super.then(onEnd, onError);
  }
}
