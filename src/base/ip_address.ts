/** Tells IP addresses from names, as `isIP` of `node:net` does, without loading that module for anything but IPv6. */
import { lateNet } from "./late_modules.ts";

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]\\d|\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** 4 or 6; 0 for what is no IP address. */
export function ipVersion(host: string): number {
  if (IPV4.test(host)) return 4;
  return host.includes(":") ? lateNet().isIP(host) : 0;
}

/** The 4 or 16 bytes of an IP address without a zone. */
export function addressBytes(host: string): readonly number[] {
  return host.includes(":") ? parse6(host) : parse4(host);
}

function parse4(host: string): number[] {
  return host.split(".").map(Number);
}

function parse6(host: string): number[] {
  const [left = "", right] = host.split("::");
  const before = groupBytes(left);
  if (right === undefined) return before;
  const after = groupBytes(right);
  return [...before, ...zeros(16 - before.length - after.length), ...after];
}

/** The bytes of `2001:db8` or `ffff:127.0.0.1`. */
function groupBytes(groups: string): number[] {
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
