/** Opens a connection to an origin: looks up the name, connects to one of its addresses, passes the proxy, starts TLS; measures each step. */
import { ipVersion } from "../../base/ip_address.ts";
import type { ConnectSignal, SocketAddress, TlsOptions, TlsSession } from "../../platform/sockets/socket.ts";
import { findTlsMaterialProblem, type TlsMaterialFinding } from "../../platform/sockets/tls_material.ts";
import { Connection } from "./connection.ts";
import type { ConnectionOwner } from "./connection_owner.ts";
import type { DnsCache } from "./dns_cache.ts";
import type { EngineContext, EngineProxy, EngineTls } from "./engine_options.ts";
import { connectToAny } from "./happy_eyeballs.ts";
import type { Origin } from "./origin.ts";
import { TunnelReceiver } from "./proxy_tunnel.ts";
import { SocksReceiver } from "./socks_tunnel.ts";
import { DnsError, TlsError } from "../bytes/wire_error.ts";
import type { OpeningSteps } from "./opening_steps.ts";
import type { ConnectionSetup } from "./wire_times.ts";

/** The destination of a pool's connections, and its TLS settings: the pool itself. */
export interface Destination extends ConnectionOwner<Connection> {
  readonly context: EngineContext;
  readonly origin: Origin;
  readonly tls: EngineTls;
  /** Made when it is asked for: many tests name an address. */
  readonly dns: DnsCache;
  readonly session: TlsSession | undefined;
}

export interface OpenedConnection {
  readonly connection: Connection;
  readonly setup: ConnectionSetup;
}

/** Rejects with a `WireError` or a `SocketError`. `steps` is told which of them begins. */
export function openConnection(
  destination: Destination,
  signal: ConnectSignal,
  steps: OpeningSteps,
): Promise<OpenedConnection> {
  const host = knownAddress(destination);
  if (host === undefined) return findWay(destination, signal, steps);
  steps.enter("connect", destination.context.clock.nowMs());
  return openPlain(destination, host, signal);
}

/** The one address where there is nothing to look up, to choose or to pass: ten thousand users open their connections at once. */
function knownAddress(destination: Destination): string | undefined {
  const { context, origin } = destination;
  if (origin.secure || origin.unixPath !== undefined || context.localAddress !== undefined) return undefined;
  if (context.proxy?.socks !== undefined) return undefined;
  const { host } = context.proxy ?? origin;
  if (ipVersion(host) !== 0) return host;
  const known = destination.dns.get(host);
  return known?.length === 1 ? known[0] : undefined;
}

async function openPlain(destination: Destination, host: string, signal: ConnectSignal): Promise<OpenedConnection> {
  const { connectSocket, proxy } = destination.context;
  const connection = new Connection(destination);
  const { port } = proxy ?? destination.origin;
  const socket = await connectSocket({ host, port }, connection, signal);
  connection.attach(socket);
  return { connection, setup: { dnsMs: -1, connectMs: socket.connectMs, tlsMs: socket.tlsMs } };
}

async function findWay(
  destination: Destination,
  signal: ConnectSignal,
  steps: OpeningSteps,
): Promise<OpenedConnection> {
  const { context, origin } = destination;
  if (origin.secure) refuseBrokenMaterial(destination.tls);
  const startedMs = context.clock.nowMs();
  if (origin.unixPath !== undefined) {
    steps.enter("connect", startedMs);
    return openAt(destination, { unixPath: origin.unixPath }, signal, steps);
  }
  const place = context.proxy ?? origin;
  const known = ipVersion(place.host) !== 0 ? [place.host] : destination.dns.get(place.host);
  let dnsMs = -1;
  const measure = () => {
    dnsMs = context.clock.nowMs() - startedMs;
    context.watch?.lookedUp(dnsMs);
  };
  if (known === undefined) steps.enter("dns", startedMs);
  const addresses = known ?? await destination.dns.lookUp(place.host).finally(measure);
  const usable = reachableFrom(context.localAddress, addresses);
  const opened = await connectToAny(
    usable,
    async (host, either, answered) => {
      steps.enter("connect", context.clock.nowMs());
      const address = { host, port: place.port, onTcpConnected: answered };
      const attempt = await openAt(destination, address, either, steps);
      if (usable.length > 1) destination.dns.prefer(place.host, host);
      return attempt;
    },
    (late) => late.connection.close(),
    context.clock,
    signal,
  );
  return { connection: opened.connection, setup: { ...opened.setup, dnsMs } };
}

/** A local address can only reach addresses of its own family. */
function reachableFrom(localAddress: string | undefined, addresses: readonly string[]): readonly string[] {
  if (localAddress === undefined) return addresses;
  const usable = addresses.filter((address) => ipVersion(address) === ipVersion(localAddress));
  if (usable.length === 0) throw new DnsError("EADDRFAMILY");
  return usable;
}

async function openAt(
  destination: Destination,
  place: SocketAddress,
  signal: ConnectSignal,
  steps: OpeningSteps,
): Promise<OpenedConnection> {
  const { context, origin, session } = destination;
  const { proxy, localAddress } = context;
  const local = localAddress === undefined || place.unixPath !== undefined ? {} : { localAddress };
  const connection = new Connection(destination);
  if (proxy !== undefined && place.unixPath === undefined && (origin.secure || proxy.socks !== undefined)) {
    return openThrough(destination, proxy, connection, { ...place, ...local }, signal, steps);
  }
  const onTcpConnected = () => {
    steps.enter("tls", context.clock.nowMs());
    place.onTcpConnected?.();
  };
  const tls = origin.secure ? { tls: toTlsOptions(origin, destination.tls), onTcpConnected } : {};
  const resumed = session === undefined ? {} : { session };
  const socket = await context.connectSocket({ ...place, ...local, ...tls, ...resumed }, connection, signal);
  connection.attach(socket);
  return { connection, setup: { dnsMs: -1, connectMs: socket.connectMs, tlsMs: socket.tlsMs } };
}

/** By a tunnel through the proxy at `place`. */
async function openThrough(
  destination: Destination,
  proxy: EngineProxy,
  connection: Connection,
  place: SocketAddress,
  signal: ConnectSignal,
  steps: OpeningSteps,
): Promise<OpenedConnection> {
  const { context, origin, session } = destination;
  const receiver = proxy.socks === undefined
    ? new TunnelReceiver(connection, context.limits)
    : new SocksReceiver(connection);
  const upgradable = origin.secure ? { upgradable: true as const } : {};
  const socket = await context.connectSocket({ ...place, ...upgradable }, receiver, signal);
  const giveUp = () => socket.destroy(); // the pending step then fails
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    const sentMs = context.clock.nowMs();
    if (receiver instanceof TunnelReceiver) await receiver.open(socket, origin, proxy);
    else await receiver.open(socket, await socksHost(destination, proxy), origin.port, proxy.socks!);
    const tunnelMs = context.clock.nowMs() - sentMs;
    let tlsMs = -1;
    if (origin.secure) {
      steps.enter("tls", context.clock.nowMs());
      tlsMs = await socket.startTls?.(toTlsOptions(origin, destination.tls), session) ?? -1;
    }
    connection.attach(socket);
    return { connection, setup: { dnsMs: -1, connectMs: socket.connectMs + tunnelMs, tlsMs } };
  } catch (problem) {
    socket.destroy();
    throw problem;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** The host as the proxy is asked for it. */
async function socksHost({ origin, dns }: Destination, proxy: EngineProxy): Promise<string> {
  if (proxy.socks?.resolves === "proxy" || ipVersion(origin.host) !== 0) return origin.host;
  const [address = origin.host] = dns.get(origin.host) ?? await dns.lookUp(origin.host);
  return address;
}

const findings = new WeakMap<EngineTls, TlsMaterialFinding | undefined>();

/** Certificates and keys are parsed once for all connections that use them. */
function refuseBrokenMaterial(tls: EngineTls): void {
  if (!findings.has(tls)) findings.set(tls, findTlsMaterialProblem(tls));
  const finding = findings.get(tls);
  if (finding !== undefined) throw new TlsError(finding.problem, finding.cause);
}

const ALPN = ["http/1.1"];

function toTlsOptions(origin: Origin, tls: EngineTls): TlsOptions {
  // RFC 6066: the name in SNI, and in certificates, has no dot at its end.
  return { ...tls, serverName: tls.serverName ?? origin.host.replace(/\.$/, ""), alpn: ALPN };
}
