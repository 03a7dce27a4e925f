/** Host and port as people type them. Pure. */
import { ipVersion } from "../base/ip_address.ts";
import { UsageError } from "../base/errors.ts";

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/**
 * `host`, `host:port`, `10.0.0.1:5557`, `::1`, `[::1]:5557`. A bare IPv6 address has no port: its colons are its own.
 * Throws a `UsageError`.
 */
export function parseHostPort(text: string, defaultPort: number): HostPort {
  const trimmed = text.trim();
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(trimmed);
  if (bracketed !== null) return { host: bracketed[1] as string, port: toPort(text, bracketed[2], defaultPort) };
  if (ipVersion(trimmed) === 6) return { host: trimmed, port: defaultPort };
  const plain = /^([^:\s/]+)(?::(\d+))?$/.exec(trimmed);
  if (plain === null) throw notAnAddress(text);
  return { host: plain[1] as string, port: toPort(text, plain[2], defaultPort) };
}

/** `10.0.0.1:5557`, `[::1]:5557`. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function toPort(text: string, digits: string | undefined, defaultPort: number): number {
  if (digits === undefined) return defaultPort;
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw notAnAddress(text);
  return port;
}

function notAnAddress(text: string): UsageError {
  return new UsageError(`Cannot use "${text}" as a master's address; write it as "host", "host:5557" or "[::1]:5557"`);
}
