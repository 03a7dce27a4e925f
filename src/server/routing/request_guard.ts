/**
 * Decides whether a request may come from where it comes: names of this server (against DNS rebinding), and other sites
 * that make a browser send something. Pure.
 */

export interface GuardSettings {
  /** The address that the server listens on. */
  readonly listenHost: string;
  /** More host names of this server: a reverse proxy's, for instance. */
  readonly allowedHosts: readonly string[];
  /** Origins of other sites that may use the API: `https://dash.example.com`. */
  readonly allowedOrigins: readonly string[];
}

export interface GuardedRequest {
  readonly method: string;
  /** It changes something, whatever its method. */
  readonly isSteering: boolean;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** Why the request is refused; undefined: it may pass. */
export function findForeign(request: GuardedRequest, settings: GuardSettings): string | undefined {
  const { host, origin, fetchSite } = request;
  const name = host === undefined ? undefined : hostNameOf(host);
  if (isLoopback(settings.listenHost) && (name === undefined || !isOwnName(name, settings))) {
    return `the host "${host ?? ""}" is not one of this server's; allow it with --web-allow-host`;
  }
  if (!request.isSteering) return undefined;
  if (origin !== undefined) {
    if (isAllowedOrigin(origin, host, settings)) return undefined;
    return `the request comes from another site (${origin}); allow it with --web-allow-host where that is a reverse proxy of this server, else with --web-allow-origin`;
  }
  if (fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none") {
    return "the request comes from another site";
  }
  return undefined;
}

/** True where only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function isOwnName(name: string, { listenHost, allowedHosts }: GuardSettings): boolean {
  return isLoopback(name) || name === listenHost.toLowerCase() ||
    allowedHosts.some((each) => hostNameOf(each) === name);
}

function isAllowedOrigin(origin: string, host: string | undefined, settings: GuardSettings): boolean {
  if (settings.allowedOrigins.includes(origin)) return true;
  if (!URL.canParse(origin)) return false; // `null`, of a sandboxed page
  const url = new URL(origin);
  if (host !== undefined && url.host === new URL(`${url.protocol}//${host}`).host) return true;
  return settings.allowedHosts.some((each) => each === url.host || (!each.includes(":") && each === url.hostname));
}

/** `[::1]:8089` → `[::1]`, `Host:80` → `host`. */
function hostNameOf(host: string): string {
  return (/^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host)?.[1] ?? host).toLowerCase();
}
