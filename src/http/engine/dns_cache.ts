/**
 * Addresses of host names, kept for a time (one cache per user, as each browser has its own). The system's resolver reports
 * no time to live, so it is a setting. Simultaneous look-ups of one name share one query.
 */
import { lateDns } from "../../base/late_modules.ts";
import type { Clock } from "../../base/clock.ts";
import { DnsError } from "../bytes/wire_error.ts";

/** All addresses of a name in the order to try them; rejects with a `DnsError`. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** Asks the system (getaddrinfo: hosts file, resolv.conf, search domains). */
export const resolveHost: ResolveHost = shareQueries(askSystem);

/**
 * Those who ask for a name at the same time share one query, and take its addresses by turns: a server of names that turns them from
 * query to query spreads its clients, and so must one query for all users of a thread.
 */
export function shareQueries(ask: ResolveHost): ResolveHost {
  const underWay = new Map<string, { readonly answer: Promise<readonly string[]>; sharers: number }>();
  return async (host) => {
    let query = underWay.get(host);
    if (query === undefined) {
      query = { answer: ask(host).finally(() => underWay.delete(host)), sharers: 0 };
      underWay.set(host, query);
    }
    const turn = query.sharers++;
    return turnFamilies(await query.answer, turn);
  };
}

/** Each family begins with another of its addresses; which family is the first stays. */
function turnFamilies(addresses: readonly string[], turn: number): readonly string[] {
  if (addresses.length < 2 || turn === 0) return addresses;
  const isV6 = (address: string) => address.includes(":");
  const turned = [true, false].map((family) => addresses.filter((address) => isV6(address) === family)).map(
    (family) => {
      const first = turn % family.length;
      return [...family.slice(first), ...family.slice(0, first)];
    },
  );
  return (isV6(addresses[0] as string) ? turned : turned.reverse()).flat();
}

/** RFC 6761, 6.3: this machine, as browsers and curl have it. Not every system knows. */
const LOCAL_NAME = /(?:^|\.)localhost\.?$/i;

async function askSystem(host: string): Promise<readonly string[]> {
  try {
    const found = await lateDns().promises.lookup(LOCAL_NAME.test(host) ? "localhost" : host, {
      all: true,
      verbatim: true,
    });
    return found.map((entry) => entry.address);
  } catch (problem) {
    const code = (problem as { readonly code?: unknown }).code;
    throw new DnsError(typeof code === "string" ? code : "ENOTFOUND", problem);
  }
}

interface CachedName {
  readonly host: string;
  addresses: readonly string[];
  untilMs: number;
  readonly older: CachedName | undefined;
}

export class DnsCache {
  /** Few, so chained: there are as many caches as users, and a map for one name takes as much as all the rest of it. */
  #newest: CachedName | undefined;
  readonly #ask: ResolveHost;
  readonly #clock: Clock;
  readonly #ttlMs: number;

  constructor(ask: ResolveHost, clock: Clock, ttlMs: number) {
    this.#ask = ask;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /** The addresses if they are known and fresh. */
  get(host: string): readonly string[] | undefined {
    const known = this.#find(host);
    return known !== undefined && known.untilMs > this.#clock.nowMs() ? known.addresses : undefined;
  }

  async lookUp(host: string): Promise<readonly string[]> {
    const addresses = interleave(await this.#ask(host));
    if (addresses.length === 0) throw new DnsError("ENODATA");
    const untilMs = this.#clock.nowMs() + this.#ttlMs;
    const known = this.#find(host);
    if (known === undefined) this.#newest = { host, addresses, untilMs, older: this.#newest };
    else {
      known.addresses = addresses;
      known.untilMs = untilMs;
    }
    return addresses;
  }

  #find(host: string): CachedName | undefined {
    let known = this.#newest;
    while (known !== undefined && known.host !== host) known = known.older;
    return known;
  }

  /** Tries that address first next time. */
  prefer(host: string, address: string): void {
    const known = this.#find(host);
    if (known === undefined || known.addresses[0] === address) return;
    known.addresses = [address, ...known.addresses.filter((other) => other !== address)];
  }
}

/** The families by turns, beginning with that of the first address (RFC 8305 §4). A list that is so already is returned as it is. */
export function interleave(addresses: readonly string[]): readonly string[] {
  const isV6 = (address: string) => address.includes(":");
  const first = addresses.filter((address) => isV6(address) === isV6(addresses[0] as string));
  const second = addresses.filter((address) => isV6(address) !== isV6(addresses[0] as string));
  const mixed: string[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    mixed.push(...first.slice(i, i + 1), ...second.slice(i, i + 1));
  }
  return mixed.every((address, place) => address === addresses[place]) ? addresses : mixed;
}
