/**
 * Connections that all users of a class share, as `pool_manager` and `client_pool` of Locust: many users behind few
 * connections, like a gateway, instead of one browser each. Users share where their TLS, proxy and source address are
 * the same.
 */
import type { HttpEngine } from "../engine/engine.ts";

/** Limits of the pool, which replace those of the class. */
export interface ClientPoolOptions {
  /** Connections per host for all users together; further requests wait in line. Default: `concurrency` of the class. */
  readonly concurrency?: number;
  /** Seconds that a connection may be idle before it is closed. */
  readonly idleTimeout?: number;
  /** Seconds that an address is used without asking again. */
  readonly dnsTtl?: number;
}

/**
 * A pool to be set on a user class. Each thread of a run has one of its own.
 *
 * @example
 * ```ts
 * export class Gateway extends FastHttpUser {
 *   static override clientPool = new ClientPool({ concurrency: 20 });
 * }
 * ```
 */
export class ClientPool {
  readonly options: ClientPoolOptions;
  readonly #engines = new Map<string, HttpEngine>();

  constructor(options: ClientPoolOptions = {}) {
    this.options = options;
  }

  /** @internal The engine of users with these settings; made by the first of them. */
  engineFor(settings: string, create: () => HttpEngine): HttpEngine {
    let engine = this.#engines.get(settings);
    if (engine === undefined) this.#engines.set(settings, engine = create());
    return engine;
  }

  /** Closes idle connections now, and the busy ones after their response. */
  close(): void {
    for (const engine of this.#engines.values()) engine.close();
  }
}
