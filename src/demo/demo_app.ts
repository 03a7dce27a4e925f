/**
 * The demo system without a socket: a Request goes in, a Response comes out after an honest latency, and each request is
 * counted when it arrives. Latencies and failures are drawn per route, so that the n-th order of a seed always goes the same
 * way whatever else was asked meanwhile.
 */
import type { Clock } from "../base/clock.ts";
import { createRandom, type Random } from "../base/random.ts";
import { type Catalogue, createCatalogue } from "./catalogue.ts";
import { sendNothing, sendProblem } from "./answer.ts";
import { drawLatencyMs, type Latency } from "./latency.ts";
import { type Call, type Route, ROUTES } from "./routes.ts";
import { Shop } from "./shop.ts";

/** What arrived, by the system's own count: `GET /items`, `GET /items/:id`, … `GET /stats` itself is not counted. */
export interface RequestCounts {
  readonly total: number;
  readonly byRoute: Readonly<Record<string, number>>;
}

export interface DemoApp {
  fetch(request: Request): Response | Promise<Response>;
  requests(): RequestCounts;
}

export interface DemoAppOptions {
  readonly latency: Latency;
  /** Share of the orders that fail, 0 to 1. */
  readonly errorRate: number;
  readonly seed: number;
  readonly clock: Clock;
}

/** Where requests for pages that the shop does not have are counted. */
const NO_SUCH_PAGE = "(no such page)";

/** Streams of random numbers beside those of the routes, which are numbered from 0. */
const TOKEN_STREAM = 1001;
const LUCK_STREAM = 1002;

/** A route and what belongs to it alone. */
interface LiveRoute {
  readonly route: Route;
  readonly label: string;
  readonly random: Random;
  count: number;
}

export function createDemoApp(options: DemoAppOptions): DemoApp {
  const shop = new Shop({
    errorRate: options.errorRate,
    tokens: createRandom(options.seed, TOKEN_STREAM),
    luck: createRandom(options.seed, LUCK_STREAM),
  });
  return new ShopApp(options, shop, createCatalogue());
}

class ShopApp implements DemoApp {
  readonly #options: DemoAppOptions;
  readonly #shop: Shop;
  readonly #catalogue: Catalogue;
  readonly #byPath = new Map<string, LiveRoute[]>();
  readonly #live: LiveRoute[];
  #unknown = 0;

  constructor(options: DemoAppOptions, shop: Shop, catalogue: Catalogue) {
    this.#options = options;
    this.#shop = shop;
    this.#catalogue = catalogue;
    this.#live = ROUTES.map((route, index) => ({
      route,
      label: `${route.method} ${route.path}`,
      random: createRandom(options.seed, index),
      count: 0,
    }));
    for (const live of this.#live) {
      this.#byPath.set(live.route.path, [...this.#byPath.get(live.route.path) ?? [], live]);
    }
  }

  requests(): RequestCounts {
    const byRoute: Record<string, number> = {};
    let total = this.#unknown;
    for (const live of this.#live) {
      if (live.count > 0) byRoute[live.label] = live.count;
      total += live.count;
    }
    if (this.#unknown > 0) byRoute[NO_SUCH_PAGE] = this.#unknown;
    return { total, byRoute };
  }

  fetch(request: Request): Response | Promise<Response> {
    const { path, query } = splitUrl(request.url);
    if (path === "/stats") return Response.json(this.requests());
    const { template, id } = toTemplate(path);
    const candidates = this.#byPath.get(template);
    if (candidates === undefined) {
      this.#unknown++;
      return sendProblem(404, "no such page");
    }
    const live = candidates.find((candidate) => answers(candidate.route, request.method));
    if (live === undefined) return this.#refuseMethod(request.method, candidates);
    live.count++;
    return this.#answer(live, request, id, query);
  }

  #refuseMethod(method: string, candidates: readonly LiveRoute[]): Response {
    this.#unknown++;
    const allow = candidates.map((candidate) => candidate.route.method).join(", ");
    return method === "OPTIONS"
      ? new Response(null, { status: 204, headers: { allow } })
      : new Response(null, { status: 405, headers: { allow } });
  }

  #answer(live: LiveRoute, request: Request, id: string, query: string): Response | Promise<Response> {
    const { route, random } = live;
    const latencyMs = drawLatencyMs(this.#options.latency, route.latencyFactor, random);
    const call: Call = {
      request,
      id,
      query: new URLSearchParams(query),
      shop: this.#shop,
      catalogue: this.#catalogue,
      pause: (share) => latencyMs === 0 ? Promise.resolve() : this.#options.clock.sleep(latencyMs * share),
    };
    if (request.method === "HEAD") return this.#answerHead(call, route, latencyMs);
    if (latencyMs === 0 || route.waitsItself) return route.answer(call);
    return this.#options.clock.sleep(latencyMs).then(() => route.answer(call));
  }

  async #answerHead(call: Call, route: Route, latencyMs: number): Promise<Response> {
    if (latencyMs > 0) await this.#options.clock.sleep(latencyMs);
    const full = await route.answer(call);
    await full.body?.cancel();
    return full.status === 204 ? sendNothing(204) : new Response(null, { status: full.status, headers: full.headers });
  }
}

function answers(route: Route, method: string): boolean {
  return route.method === method || (route.method === "GET" && method === "HEAD");
}

/** `http://host:port/path?query`, without the cost of a URL object. */
function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const mark = url.indexOf("?", start);
  return mark < 0
    ? { path: url.slice(start), query: "" }
    : { path: url.slice(start, mark), query: url.slice(mark + 1) };
}

/** `/items/7` → `/items/:id` with the id `7`. A path of one part is its own template. */
function toTemplate(path: string): { readonly template: string; readonly id: string } {
  const second = path.indexOf("/", 1);
  return second < 0
    ? { template: path, id: "" }
    : { template: `${path.slice(0, second)}/:id`, id: path.slice(second + 1) };
}
