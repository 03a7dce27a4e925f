/**
 * Counts the local ports in use as the Linux kernel assigns them: one port of `ip_local_port_range` per connection to one address and
 * port, for a minute (TIME_WAIT) also after this side has closed it. Pure: parses the texts of `/proc/net`.
 */

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** `32768	60999` */
export function readPortRange(text: string | undefined): PortRange | undefined {
  const match = /^(\d+)\s+(\d+)/.exec(text ?? "");
  return match === null ? undefined : { from: Number(match[1]), to: Number(match[2]) };
}

/**
 * TCP sockets of `/proc/net/sockstat` and, for IPv6, `sockstat6`; those in TIME_WAIT included, which the first counts for both. No target can have
 * more ports than this.
 */
export function readSocketCount(text: string | undefined, text6: string | undefined): number | undefined {
  const match = /^TCP: inuse (\d+) orphan \d+ tw (\d+)/m.exec(text ?? "");
  const match6 = /^TCP6: inuse (\d+)/m.exec(text6 ?? "");
  return match === null ? undefined : Number(match[1]) + Number(match[2]) + Number(match6?.[1] ?? 0);
}

/** How many ports of the range are in use towards the remote address and port that has the most. `lists`: `/proc/net/tcp` and `tcp6`. */
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
