/**
 * The demo system: a small shop on a port, to try load tests on. Examples, `npm start` and many tests run against it,
 * and its own count of requests (`requests()`, `GET /stats`) is what our figures are compared with.
 */
import type { Clock } from "../base/clock.ts";
import { serveHttp } from "../platform/http_serve.ts";
import { createDemoApp, type RequestCounts } from "./demo_app.ts";
import { DEFAULT_ERROR_RATE } from "./default_error_rate.ts";
import { DEFAULT_LATENCY, formatLatency, type Latency } from "./latency.ts";
import { ROUTES } from "./routes.ts";

export interface DemoOptions {
  /** 0, the default: the system chooses one. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default: log-normal with a median of 20 ms. */
  readonly latency?: Latency;
  /** Share of the orders that fail, 0 to 1; default 0.1. */
  readonly errorRate?: number;
  /** Same seed, same latencies and failures, route by route; default 0. */
  readonly seed?: number;
}

export interface DemoSystem {
  /** `http://127.0.0.1:8000`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** What arrived so far. */
  requests(): RequestCounts;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the shop. Rejects with a LocustError (`address_in_use` …) when the port cannot be had. */
export async function startDemo(options: DemoOptions & { readonly clock: Clock }): Promise<DemoSystem> {
  const host = options.host ?? "127.0.0.1";
  const app = createDemoApp({
    latency: options.latency ?? DEFAULT_LATENCY,
    errorRate: options.errorRate ?? DEFAULT_ERROR_RATE,
    seed: options.seed ?? 0,
    clock: options.clock,
  });
  const server = await serveHttp({
    host,
    port: options.port ?? 0,
    fetch: (request) => app.fetch(request),
    acceptSocket: (request) => app.acceptSocket(request),
    advice: "choose another with --port, or --port 0 for any free one",
  });
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
    port: server.port,
    requests: () => app.requests(),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** What a person sees when the shop has started: the URL in the first line, its pages below. */
export function formatDemoStart(url: string, options: DemoOptions = {}): string {
  const latency = formatLatency(options.latency ?? DEFAULT_LATENCY);
  const percent = Math.round((options.errorRate ?? DEFAULT_ERROR_RATE) * 1000) / 10;
  const lines = [`Demo shop on ${url} (latency: ${latency}; ${percent} % of the orders fail)`, ""];
  for (const route of ROUTES) lines.push(`  ${route.method.padEnd(6)} ${route.path.padEnd(10)} ${route.about}`);
  lines.push(`  ${"GET".padEnd(6)} ${"/stats".padEnd(10)} how many requests arrived, by page`);
  return `${lines.join("\n")}\n`;
}
