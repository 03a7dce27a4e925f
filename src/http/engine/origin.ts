/**
 * The destination of a request: scheme, host and port (or a unix socket), parsed once and kept by the session. Connections are pooled
 * by `key`, so two origins with one key share them.
 */

export interface Origin {
  readonly secure: boolean;
  /** Name or IP address, without the brackets of IPv6. Also the name for TLS (SNI) unless `serverName` is set. */
  readonly host: string;
  readonly port: number;
  /** `http+unix:` and `https+unix:`: the socket's path instead of host and port. */
  readonly unixPath: string | undefined;
  /** Value of the Host field: the port only if it is not the scheme's own. */
  readonly authority: string;
  /** `https://example.com:443`; equal keys mean the same place. */
  readonly key: string;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/**
 * The origin of an absolute URL: `http:`, `https:`, `http+unix://%2Frun%2Fapp.sock/path` (or `https+unix:`).
 * `undefined` for any other scheme or without a host: the caller reports that mistake.
 */
export function createOrigin(url: URL): Origin | undefined {
  // Each once: a call into the runtime that makes a text.
  const { protocol, hostname, port: given } = url;
  if (protocol === "http+unix:" || protocol === "https+unix:") return createUnixOrigin(url);
  const defaultPort = DEFAULT_PORTS[protocol];
  if (defaultPort === undefined || hostname === "") return undefined;
  const secure = protocol === "https:";
  const port = given === "" ? defaultPort : Number(given);
  const host = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  const authority = given === "" ? hostname : `${hostname}:${given}`;
  return { secure, host, port, unixPath: undefined, authority, key: `${protocol}//${hostname}:${port}` };
}

function createUnixOrigin(url: URL): Origin | undefined {
  // `http+unix` is no special scheme: the host is kept as written, percent-encoded.
  const unixPath = decodeOrUndefined(url.host);
  if (unixPath === undefined || unixPath === "") return undefined;
  const secure = url.protocol === "https+unix:";
  return { secure, host: "localhost", port: 0, unixPath, authority: "localhost", key: `${url.protocol}//${unixPath}` };
}

function decodeOrUndefined(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a stray percent sign: not a valid path
  }
}
