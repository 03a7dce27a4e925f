/**
 * The engine of a session: turns its settings into the engine's. The options of a class are derived once and shared by
 * all its users, because the engine derives more from them and there are thousands of users.
 */
import { connectSocket } from "../../platform/sockets/connect_socket.ts";
import type { EngineOptions } from "../engine/engine_options.ts";
import { HttpEngine } from "../engine/engine.ts";
import type { TlsSettings } from "../request/request_options.ts";
import { engineTls, parseProxy, type SessionOptions, type SessionTraits } from "./session_options.ts";
import type { SessionOwner } from "./session_owner.ts";
import { TappedEngine } from "../engine/tapped_engine.ts";

interface Known {
  readonly traits: SessionTraits;
  readonly engineOptions: EngineOptions;
}

const knownOf = new WeakMap<SessionOptions, Known>();

/** An engine of the session's own, or the one it shares by its pool. `tls`: of one request, over that of the session. */
export function openSessionEngine(
  options: SessionOptions,
  traits: SessionTraits,
  owner: SessionOwner,
  tls: TlsSettings | undefined,
): HttpEngine {
  const { pool, proxy, sourceAddress } = options;
  const create = () => {
    const engineOptions = tls === undefined
      ? classEngineOptions(options, traits, owner)
      : engineOptionsFor(options, traits, owner, tls);
    return owner.tap === undefined ? new HttpEngine(engineOptions) : new TappedEngine(engineOptions, owner.tap);
  };
  if (pool === undefined) return create();
  return pool.engineFor(JSON.stringify([engineTls(options, traits, tls), proxy, sourceAddress]), create);
}

/** What an engine is given by the user it belongs to; the same for all users of a thread. */
type EngineOwner = Pick<SessionOwner, "clock" | "watch">;

function classEngineOptions(options: SessionOptions, traits: SessionTraits, owner: EngineOwner): EngineOptions {
  const known = knownOf.get(options);
  const { clock, watch } = owner;
  if (known?.traits === traits && known.engineOptions.clock === clock && known.engineOptions.watch === watch) {
    return known.engineOptions;
  }
  const engineOptions = engineOptionsFor(options, traits, owner, undefined);
  knownOf.set(options, { traits, engineOptions });
  return engineOptions;
}

function engineOptionsFor(
  session: SessionOptions,
  traits: SessionTraits,
  { clock, watch }: EngineOwner,
  tls: TlsSettings | undefined,
): EngineOptions {
  const options = { ...session, ...session.pool?.options };
  return {
    connectSocket: options.connectSocket ?? connectSocket,
    clock,
    ...watch !== undefined && { watch },
    tls: engineTls(options, traits, tls),
    ...options.concurrency !== undefined && { concurrency: options.concurrency },
    ...options.idleTimeout !== undefined && { idleLimitMs: options.idleTimeout * 1000 },
    ...options.dnsTtl !== undefined && { dnsTtlMs: options.dnsTtl * 1000 },
    ...options.proxy !== undefined && { proxy: parseProxy(options.proxy) },
    ...options.sourceAddress !== undefined && { localAddress: options.sourceAddress },
    ...options.maxHeadBytes !== undefined && { maxHeadBytes: options.maxHeadBytes },
    ...options.maxHeadFields !== undefined && { maxHeadFields: options.maxHeadFields },
  };
}
