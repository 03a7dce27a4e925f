/** Addresses in the kernel's form: `sockaddr_in` and `sockaddr_in6`. */
import { addressBytes, ipVersion } from "../../base/ip_address.ts";

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
    return {
      family: AF_INET,
      bytes: Uint8Array.of(AF_INET, 0, port >> 8, port & 255, ...addressBytes(host), ...zeros(8)),
    };
  }
  if (version !== 6 || host.includes("%")) return undefined;
  const bytes = Uint8Array.of(AF_INET6, 0, port >> 8, port & 255, ...zeros(4), ...addressBytes(host), ...zeros(4));
  return { family: AF_INET6, bytes };
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
