/**
 * The demo system without a socket: a Request goes in, a Response comes out after an honest latency, and each request
 * is counted when it arrives. Latencies and failures are drawn per route, so that the n-th order of a seed always goes
 * the same way whatever else was asked meanwhile.
 */
import type { Clock } from "../base/clock.ts";
import { createRandom, type Random } from "../base/random.ts";
import type { SocketHandler } from "../platform/http_serve.ts";
import { type Catalogue, createCatalogue } from "./catalogue.ts";
import { sendNothing, sendProblem } from "./answer.ts";
import { createChat } from "./chat.ts";
import { drawLatencyMs, type Latency } from "./latency.ts";
import { type Call, CHAT_PATH, type Route, ROUTES } from "./routes.ts";
import { Shop } from "./shop.ts";

/**
 * What arrived, by the system's own count: `GET /items`, `GET /items/:id`, … and `WS /chat` for the messages of
 * WebSockets. `GET /stats` itself is not counted.
 */
export interface RequestCounts {
  readonly total: number;
  readonly byRoute: Readonly<Record<string, number>>;
}

export interface DemoApp {
  fetch(request: Request): Response | Promise<Response>;
  /** Takes a WebSocket on the path of the chat, and no other. */
  acceptSocket(request: Request): SocketHandler | undefined;
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

/** Where the messages of WebSockets are counted. */
const MESSAGES = `WS ${CHAT_PATH}`;

/** Streams of random numbers beside those of the routes, which are numbered from 0. */
const TOKEN_STREAM = 1001;
const LUCK_STREAM = 1002;
const CHAT_STREAM = 1003;

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
  readonly #chatRandom: Random;
  #unknown = 0;
  #messages = 0;

  constructor(options: DemoAppOptions, shop: Shop, catalogue: Catalogue) {
    this.#options = options;
    this.#shop = shop;
    this.#catalogue = catalogue;
    this.#chatRandom = createRandom(options.seed, CHAT_STREAM);
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
    let total = this.#unknown + this.#messages;
    for (const live of this.#live) {
      if (live.count > 0) byRoute[live.label] = live.count;
      total += live.count;
    }
    if (this.#messages > 0) byRoute[MESSAGES] = this.#messages;
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

  acceptSocket(request: Request): SocketHandler | undefined {
    const [live] = this.#byPath.get(splitUrl(request.url).path) ?? [];
    if (live?.route.path !== CHAT_PATH) return undefined;
    live.count++;
    return createChat({
      clock: this.#options.clock,
      drawLatencyMs: () => {
        this.#messages++;
        return drawLatencyMs(this.#options.latency, live.route.latencyFactor, this.#chatRandom);
      },
    });
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
