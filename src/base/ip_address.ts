/** Tells IP addresses from names, as `isIP` of `node:net` does, without loading that module for anything but IPv6. */
import { lateNet } from "./late_modules.ts";

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]\\d|\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** 4 or 6; 0 for what is no IP address. */
export function ipVersion(host: string): number {
  if (IPV4.test(host)) return 4;
  return host.includes(":") ? lateNet().isIP(host) : 0;
}
