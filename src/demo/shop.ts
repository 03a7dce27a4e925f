/**
 * Owns the state of the demo shop: sessions, carts, the number of orders. Knows nothing of HTTP.
 * Bounded: the oldest session is forgotten when there are too many, as if its customer had been logged out.
 */
import type { Random } from "../base/random.ts";

/** 100,000 carts are some 50 MB: more simulated users than one machine can keep. */
export const MAX_SESSIONS = 100_000;

/** Lines of one cart. The shop answers 409 beyond it. */
export const MAX_CART_LINES = 50;

/** The one password that is refused. */
const WRONG_PASSWORD = "wrong";

export interface Session {
  readonly user: string;
  /** Count by item id, in the order in which they were put in. */
  readonly cart: Map<number, number>;
}

/** What became of an order. Half of the failing ones fail as an outage does, half as a refusal in a fine-looking answer. */
export type OrderOutcome =
  | { readonly kind: "accepted"; readonly order: number }
  | { readonly kind: "declined"; readonly order: number }
  | { readonly kind: "unavailable" };

export class Shop {
  readonly #sessions = new Map<string, Session>();
  readonly #tokens: Random;
  readonly #luck: Random;
  readonly #errorRate: number;
  #orders = 0;

  constructor(options: { readonly errorRate: number; readonly tokens: Random; readonly luck: Random }) {
    this.#errorRate = options.errorRate;
    this.#tokens = options.tokens;
    this.#luck = options.luck;
  }

  /** The new session's token; undefined when the password is not accepted. */
  login(user: string, password: string): string | undefined {
    if (user === "" || password === "" || password === WRONG_PASSWORD) return undefined;
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size >= MAX_SESSIONS && !oldest.done) this.#sessions.delete(oldest.value);
    const token = this.#tokens.string(24);
    this.#sessions.set(token, { user, cart: new Map() });
    return token;
  }

  logout(token: string): void {
    this.#sessions.delete(token);
  }

  session(token: string): Session | undefined {
    return this.#sessions.get(token);
  }

  /** Takes an order. One in `1 / errorRate` fails, the n-th order of a seed always in the same way. */
  order(): OrderOutcome {
    const draw = this.#luck.float();
    if (draw < this.#errorRate / 2) return { kind: "unavailable" };
    const order = ++this.#orders;
    return draw < this.#errorRate ? { kind: "declined", order } : { kind: "accepted", order };
  }
}
