/** Addresses in the kernel's form: `sockaddr_in` and `sockaddr_in6`. */
import { ipVersion } from "../../base/ip_address.ts";

const AF_INET = 2;
const AF_INET6 = 10;

export interface SocketName {
  readonly family: number;
  readonly bytes: Uint8Array;
}

/** `host` is an IP address. Undefined if it has a zone (`fe80::1%eth0`), which takes the number of a network interface. */
export function toSocketName(host: string, port: number): SocketName | undefined {
  const version = ipVersion(host);
  if (version === 4) {
    return { family: AF_INET, bytes: Uint8Array.of(AF_INET, 0, port >> 8, port & 255, ...parse4(host), ...zeros(8)) };
  }
  if (version !== 6 || host.includes("%")) return undefined;
  const bytes = Uint8Array.of(AF_INET6, 0, port >> 8, port & 255, ...zeros(4), ...parse6(host), ...zeros(4));
  return { family: AF_INET6, bytes };
}

function parse4(host: string): number[] {
  return host.split(".").map(Number);
}

function parse6(host: string): number[] {
  const [left = "", right] = host.split("::");
  const before = toBytes(left);
  if (right === undefined) return before;
  const after = toBytes(right);
  return [...before, ...zeros(16 - before.length - after.length), ...after];
}

/** The bytes of `2001:db8` or `ffff:127.0.0.1`. */
function toBytes(groups: string): number[] {
  if (groups === "") return [];
  return groups.split(":").flatMap((group) => {
    if (group.includes(".")) return parse4(group);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
