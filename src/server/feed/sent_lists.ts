/** The lists that readers got last, so that a tick brings only those that changed. */

type ListName =
  | "failures"
  | "exceptions"
  | "workers"
  | "thresholds"
  | "usersByClass"
  | "extra"
  | "measures"
  | "capacity";

export class SentLists {
  readonly #sent = new Map<ListName, string>();

  /** Readers have something else by now: the next tick brings all of them. */
  clear(): void {
    this.#sent.clear();
  }

  /** The value under its name if it differs from the one before. */
  changed<Name extends ListName, Value>(name: Name, value: Value): { readonly [Key in Name]?: Value } {
    const text = JSON.stringify(value);
    if (text === this.#sent.get(name)) return {};
    this.#sent.set(name, text);
    return { [name]: value } as { readonly [Key in Name]: Value };
  }
}
