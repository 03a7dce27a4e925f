/**
 * Counts the local ports in use as the Linux kernel assigns them: one port of `ip_local_port_range` per connection to
 * one address and port, for a minute (TIME_WAIT) also after this side has closed it. The list of connections costs time
 * for each of them, so it is read only when the kernel's own counters, which cost nothing, leave open how many ports
 * there may be.
 */

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** What the kernel counts of all TCP sockets. */
export interface SocketCounts {
  /** There are now, those in TIME_WAIT included: no target can have more ports than this. */
  readonly sockets: number;
  /** Connections opened since the machine was started, by either side; undefined where the system does not tell. */
  readonly opened: number | undefined;
}

/** `32768	60999` */
export function readPortRange(text: string | undefined): PortRange | undefined {
  const match = /^(\d+)\s+(\d+)/.exec(text ?? "");
  return match === null ? undefined : { from: Number(match[1]), to: Number(match[2]) };
}

/**
 * TCP sockets of `/proc/net/sockstat` and, for IPv6, `sockstat6`; those in TIME_WAIT included, which the first counts
 * for both. No target can have more ports than this.
 */
export function readSocketCount(text: string | undefined, text6: string | undefined): number | undefined {
  const match = /^TCP: inuse (\d+) orphan \d+ tw (\d+)/m.exec(text ?? "");
  const match6 = /^TCP6: inuse (\d+)/m.exec(text6 ?? "");
  return match === null ? undefined : Number(match[1]) + Number(match[2]) + Number(match6?.[1] ?? 0);
}

/** `ActiveOpens` and `PassiveOpens` of `/proc/net/snmp`: a line of names, then one of numbers. */
export function readOpenedCount(text: string | undefined): number | undefined {
  const [names, numbers] = (text ?? "").split("\n").filter((line) => line.startsWith("Tcp:")).map((line) =>
    line.split(" ")
  );
  const [active, passive] = ["ActiveOpens", "PassiveOpens"].map((name) =>
    Number(numbers?.[names?.indexOf(name) ?? -1])
  );
  return active === undefined || passive === undefined || Number.isNaN(active + passive) ? undefined : active + passive;
}

/**
 * How many ports of the range are in use towards the remote address and port that has the most. `lists`:
 * `/proc/net/tcp` and `tcp6`.
 */
export function busiestTarget(lists: readonly string[], range: PortRange): number {
  const byTarget = new Map<string, number>();
  let most = 0;
  for (const list of lists) {
    for (const line of list.split("\n")) {
      const match = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]+:[0-9A-F]{4}) /.exec(line);
      if (match === null) continue;
      const port = Number.parseInt(match[1] as string, 16);
      const target = match[2] as string;
      if (port < range.from || port > range.to || target.endsWith(":0000")) continue;
      const count = (byTarget.get(target) ?? 0) + 1;
      byTarget.set(target, count);
      most = Math.max(most, count);
    }
  }
  return most;
}

/** Below this share of the range nothing is near its end. */
const COUNT_FROM = 0.8;
/** A count stands until it may be off by this share of the range. */
const TOLERANCE = 0.01;
/**
 * After a list of n times so many sockets, n readings do without one: the kernel takes 1.4 µs for each line, and a
 * reading is made each second.
 */
const SOCKETS_PER_READING = 5000;

export class PortCounter {
  readonly #range: PortRange;
  /** The last count, and what the kernel's counters were then. */
  #last: (SocketCounts & { readonly used: number }) | undefined;
  #rest = 0;

  constructor(range: PortRange) {
    this.#range = range;
  }

  get limit(): number {
    return this.#range.to - this.#range.from + 1;
  }

  /**
   * Ports in use towards the busiest target, within 1 % of the range; 0 if they cannot be many. `readLists` is called
   * where that needs a count.
   */
  count(counts: SocketCounts, readLists: () => readonly string[]): number {
    if (this.#rest > 0) this.#rest--;
    if (this.#mostOf(counts) < this.limit * COUNT_FROM) return 0;
    const last = this.#last;
    if (last !== undefined && (this.#rest > 0 || this.#changeSince(last, counts) <= this.limit * TOLERANCE)) {
      return last.used;
    }
    const used = busiestTarget(readLists(), this.#range);
    this.#last = { ...counts, used };
    this.#rest = Math.ceil(counts.sockets / SOCKETS_PER_READING);
    return used;
  }

  /** No more than there are sockets, and than were counted with all that were opened since. */
  #mostOf({ sockets, opened }: SocketCounts): number {
    const last = this.#last;
    if (last?.opened === undefined || opened === undefined) return sockets;
    return Math.min(sockets, last.used + opened - last.opened);
  }

  /** By how many the count of one target can have changed. */
  #changeSince(last: SocketCounts, { sockets, opened }: SocketCounts): number {
    if (last.opened === undefined || opened === undefined) return Infinity;
    const since = opened - last.opened;
    return Math.max(since, since - (sockets - last.sockets));
  }
}
