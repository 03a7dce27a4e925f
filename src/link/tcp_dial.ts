/**
 * One outgoing connection to a master, over TCP or TLS. The host name is looked up on each call, and its addresses are
 * tried in turn: after a fail-over or a restart in a cluster the name may mean another machine.
 */
import { X509Certificate } from "node:crypto";
import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock } from "../base/clock.ts";
import { LocustError } from "../base/errors.ts";
import { createWorkerCodec } from "../protocol/wire/codec.ts";
import type { ToMaster, ToWorker } from "../protocol/worker_message.ts";
import { formatHostPort, type HostPort } from "./address.ts";
import { describeSocketError, TcpLink } from "./tcp_link.ts";
import { describeMasterTlsTrouble } from "./tls_trouble.ts";

/** PEM texts. `ca` alone means: TLS, and the master's certificate must come from there. */
export interface DialTls {
  readonly ca?: string;
  /** The master must show exactly this certificate, whatever its names and its authority. */
  readonly pinned?: string;
  readonly cert?: string;
  readonly key?: string;
}

const CONNECT_TIMEOUT_MS = 5000;
const MAX_ADDRESSES = 8;

export interface DialOptions {
  readonly address: HostPort;
  readonly tls?: DialTls;
  readonly clock: Clock;
  readonly onUnsendable: (problem: string) => void;
}

/** Rejects with a `LocustError` that says why, for the last address tried. */
export async function dialTcp(options: DialOptions, signal: AbortSignal): Promise<TcpLink<ToWorker, ToMaster>> {
  const { host, port } = options.address;
  const addresses = await resolveHost(host, options.address);
  let problem: LocustError | undefined;
  for (const address of addresses) {
    signal.throwIfAborted();
    try {
      const socket = await connectSocket(address, port, options, signal);
      return new TcpLink({
        socket,
        clock: options.clock,
        codec: createWorkerCodec(),
        peer: formatHostPort({ host: address, port }),
        onUnsendable: options.onUnsendable,
      });
    } catch (error) {
      // A refusal is kept over an address that does not answer: it is what must be changed.
      if (problem?.code !== "refused") problem = cannotReach(options.address, error, options.tls);
    }
  }
  throw problem ?? cannotReach(options.address, new LocustError("the name has no address"));
}

async function resolveHost(host: string, address: HostPort): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    const found = await lookup(host, { all: true });
    return found.slice(0, MAX_ADDRESSES).map((each) => each.address);
  } catch (error) {
    throw cannotReach(address, error);
  }
}

function connectSocket(
  address: string,
  port: number,
  { address: { host: serverName }, tls, clock }: DialOptions,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { pinned, ...material } = tls ?? {};
    const secure = tls === undefined ? undefined : connectTls({
      host: address,
      port,
      ...material,
      rejectUnauthorized: pinned === undefined, // also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    });
    const socket = secure ?? connectTcp({ host: address, port });
    const settle = (error: unknown) => {
      timer.cancel();
      signal.removeEventListener("abort", onAbort);
      socket.off("error", settle);
      if (error === undefined) return resolve(socket);
      socket.on("error", () => {}); // it failed already; a second error says nothing new
      socket.destroy();
      reject(error);
    };
    const onAbort = () => settle(signal.reason);
    const timer = clock.schedule(
      CONNECT_TIMEOUT_MS,
      () => settle(new LocustError(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`)),
    );
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", settle);
    socket.once(secure === undefined ? "connect" : "secureConnect", () => {
      const isOther = secure !== undefined && pinned !== undefined && !shows(secure, pinned);
      settle(
        isOther ? new LocustError("its certificate is not the one of the master that started this worker") : undefined,
      );
    });
  });
}

/** Whether the other end has shown this certificate. */
function shows(socket: TLSSocket, pem: string): boolean {
  const { raw } = socket.getPeerCertificate();
  return raw !== undefined && new X509Certificate(pem).raw.equals(raw);
}

/** Whether the master answers a TLS hello at all. Its certificate does not matter here: nothing is sent over this connection. */
export async function speaksTls({ host, port }: HostPort, clock: Clock, signal: AbortSignal): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false });
    const settle = (answer: boolean) => {
      timer.cancel();
      socket.destroy();
      resolve(answer);
    };
    const timer = clock.schedule(CONNECT_TIMEOUT_MS, () => settle(false));
    signal.addEventListener("abort", () => settle(false), { once: true });
    socket.on("error", () => settle(false));
    socket.once("secureConnect", () => settle(true));
  });
}

function cannotReach(address: HostPort, cause: unknown, tls?: DialTls): LocustError {
  const trouble = tls === undefined
    ? undefined
    : describeMasterTlsTrouble(cause, { host: address.host, hasCa: tls.ca !== undefined });
  if (trouble !== undefined) {
    return new LocustError(`Cannot join the master at ${formatHostPort(address)}: ${trouble}`, {
      code: "refused",
      cause,
    });
  }
  const why = cause instanceof LocustError ? cause.message : describeSocketError(cause);
  return new LocustError(`Cannot reach the master at ${formatHostPort(address)}: ${why}`, {
    code: "master_unreachable",
    cause,
  });
}
