/**
 * The pages of the demo shop, as a table: method, path, how long an answer takes, what it is. A route turns a call into
 * a Response and does nothing else; waiting, counting and finding the route are `demo_app.ts`.
 */
import { readBody, sendEncoded, sendNothing, sendProblem, sendStream } from "./answer.ts";
import { type Catalogue, encodeBody, PAGE_COUNT } from "./catalogue.ts";
import { MAX_CART_LINES, type Session, type Shop } from "./shop.ts";

/** One request, as a route sees it. */
export interface Call {
  readonly request: Request;
  /** What stands in the path at `:id`; empty without one. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly shop: Shop;
  readonly catalogue: Catalogue;
  /** Splits the wait of a streamed answer: resolves after the next part of it. */
  readonly pause: (share: number) => Promise<void>;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** Times the drawn latency. 0: at once. */
  readonly latencyFactor: number;
  /** The route waits by itself, between the parts of its answer. */
  readonly waitsItself?: boolean;
  readonly about: string;
  readonly answer: (call: Call) => Response | Promise<Response>;
}

/** Where a WebSocket is opened. */
export const CHAT_PATH = "/chat";

const REPORT_LINES = 2_000;
const REPORT_PARTS = 8;

const HOME = encodeBody(
  "<!doctype html>\n<title>Demo shop</title>\n<h1>Demo shop</h1>\n" +
    "<p>A small shop to try load tests on. Its pages:</p>\n<ul>\n" +
    "<li><a href=/items?page=1>items</a>\n<li><a href=/items/7>item 7</a>\n<li><a href=/search?q=oak>search</a>\n" +
    "<li><a href=/offers>offers</a>\n<li><a href=/report>report</a>\n<li><a href=/stats>stats</a>\n</ul>\n",
);

export const ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/",
    latencyFactor: 1,
    about: "the start page, in HTML",
    answer: ({ request }) => sendEncoded(request, HOME, "text/html; charset=utf-8"),
  },
  { method: "GET", path: "/health", latencyFactor: 0, about: "204 at once", answer: () => sendNothing(204) },
  {
    method: "POST",
    path: "/login",
    latencyFactor: 2,
    about: '{"user", "password"} as JSON or form; sets the cookie "session"; 401 for the password "wrong"',
    answer: logIn,
  },
  { method: "POST", path: "/logout", latencyFactor: 1, about: "ends the session", answer: logOut },
  {
    method: "GET",
    path: "/items",
    latencyFactor: 1,
    about: `?page=1 to ${PAGE_COUNT}, gzip where asked for`,
    answer: ({ request, query, catalogue }) => {
      const page = catalogue.page(Number(query.get("page") ?? "1"));
      return page === undefined ? sendProblem(404, "no such page") : sendEncoded(request, page, "application/json");
    },
  },
  {
    method: "GET",
    path: "/items/:id",
    latencyFactor: 1,
    about: "one item of 1 to 1000",
    answer: ({ id, catalogue }) => {
      const item = catalogue.item(Number(id));
      return item === undefined ? sendProblem(404, "no such item") : Response.json(item);
    },
  },
  { method: "GET", path: "/search", latencyFactor: 2, about: "?q=oak, chunked", answer: search },
  { method: "GET", path: "/cart", latencyFactor: 1, about: "needs the session, as all of the cart", answer: showCart },
  { method: "POST", path: "/cart", latencyFactor: 1, about: '{"item", "count"} puts something in', answer: addToCart },
  { method: "DELETE", path: "/cart", latencyFactor: 1, about: "empties it", answer: emptyCart },
  {
    method: "PUT",
    path: "/cart/:id",
    latencyFactor: 1,
    about: '{"count"} sets the count of an item',
    answer: setCount,
  },
  { method: "DELETE", path: "/cart/:id", latencyFactor: 1, about: "takes an item out", answer: removeFromCart },
  {
    method: "POST",
    path: "/orders",
    latencyFactor: 3,
    about: '{"item"}, or what is in the cart; some fail (--error-rate): 503, or 201 with the state "declined"',
    answer: placeOrder,
  },
  {
    method: "GET",
    path: "/offers",
    latencyFactor: 1,
    about: "302 to the first page of items",
    answer: () => new Response(null, { status: 302, headers: { location: "/items?page=1" } }),
  },
  { method: "GET", path: "/report", latencyFactor: 25, waitsItself: true, about: "slow, chunked CSV", answer: report },
  {
    method: "GET",
    path: CHAT_PATH,
    latencyFactor: 1,
    about: "a WebSocket that sends each message back; 426 for plain HTTP",
    answer: () => new Response(null, { status: 426, headers: { upgrade: "websocket", connection: "Upgrade" } }),
  },
];

async function logIn({ request, shop }: Call): Promise<Response> {
  const body = await readBody(request);
  if (body === undefined) return sendProblem(400, 'send {"user", "password"} as JSON or as a form');
  const token = shop.login(String(body["user"] ?? ""), String(body["password"] ?? ""));
  if (token === undefined) return sendProblem(401, "wrong user or password");
  return Response.json({ user: body["user"] }, {
    headers: { "set-cookie": `session=${token}; Path=/; HttpOnly; SameSite=Lax` },
  });
}

function logOut({ request, shop }: Call): Response {
  shop.logout(sessionToken(request));
  return new Response(null, { status: 204, headers: { "set-cookie": "session=; Path=/; Max-Age=0" } });
}

function search({ query, catalogue }: Call): Response {
  const text = query.get("q") ?? "";
  const found = catalogue.search(text);
  // One chunk per line of the answer, as a server does that sends what it finds while it looks.
  const lines = [`{"query":${JSON.stringify(text)},"count":${found.length},"items":[\n`];
  found.forEach((item, index) => lines.push(`${JSON.stringify(item)}${index < found.length - 1 ? "," : ""}\n`));
  lines.push("]}\n");
  return sendStream("application/json", chunksOf(lines, 40));
}

function showCart({ request, shop, catalogue }: Call): Response {
  return withSession(request, shop, (session) => Response.json(describeCart(session, catalogue)));
}

async function addToCart({ request, shop, catalogue }: Call): Promise<Response> {
  const body = await readBody(request);
  const item = Number(body?.["item"]);
  const count = Number(body?.["count"] ?? 1);
  return withSession(request, shop, (session) => {
    if (catalogue.item(item) === undefined || !isCount(count)) return sendProblem(400, "no such item, or a bad count");
    if (session.cart.size >= MAX_CART_LINES && !session.cart.has(item)) return sendProblem(409, "the cart is full");
    session.cart.set(item, (session.cart.get(item) ?? 0) + count);
    return Response.json(describeCart(session, catalogue), { status: 201 });
  });
}

function emptyCart({ request, shop }: Call): Response {
  return withSession(request, shop, (session) => {
    session.cart.clear();
    return sendNothing(204);
  });
}

async function setCount({ request, id, shop, catalogue }: Call): Promise<Response> {
  const count = Number((await readBody(request))?.["count"]);
  return withSession(request, shop, (session) => {
    if (!session.cart.has(Number(id))) return sendProblem(404, "no such item in the cart");
    if (!isCount(count)) return sendProblem(400, "a count is a whole number from 1 to 999");
    session.cart.set(Number(id), count);
    return Response.json(describeCart(session, catalogue));
  });
}

function removeFromCart({ request, id, shop }: Call): Response {
  return withSession(
    request,
    shop,
    (session) => session.cart.delete(Number(id)) ? sendNothing(204) : sendProblem(404, "no such item in the cart"),
  );
}

async function placeOrder({ request, shop, catalogue }: Call): Promise<Response> {
  const body = await readBody(request);
  return withSession(request, shop, (session) => {
    const item = body?.["item"];
    if (item === undefined ? session.cart.size === 0 : catalogue.item(Number(item)) === undefined) {
      return sendProblem(400, "nothing to order: name an item, or fill the cart");
    }
    const outcome = shop.order();
    if (outcome.kind === "unavailable") return sendProblem(503, "the payment service does not answer");
    if (outcome.kind === "accepted") session.cart.clear();
    return Response.json({ order: outcome.order, state: outcome.kind }, { status: 201 });
  });
}

function report({ pause }: Call): Response {
  async function* parts(): AsyncGenerator<string> {
    const linesPerPart = REPORT_LINES / REPORT_PARTS;
    for (let part = 0; part < REPORT_PARTS; part++) {
      await pause(1 / REPORT_PARTS);
      let text = part === 0 ? "order,item,count\n" : "";
      for (let line = part * linesPerPart; line < (part + 1) * linesPerPart; line++) {
        text += `${line + 1},${line % 1000 + 1},${line % 3 + 1}\n`;
      }
      yield text;
    }
  }
  return sendStream("text/csv; charset=utf-8", parts());
}

function withSession(request: Request, shop: Shop, answer: (session: Session) => Response): Response {
  const session = shop.session(sessionToken(request));
  return session === undefined ? sendProblem(401, "log in first: POST /login") : answer(session);
}

function sessionToken(request: Request): string {
  return /(?:^|;\s*)session=([^;]*)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
}

function describeCart(session: Session, catalogue: Catalogue): Record<string, unknown> {
  const lines = [...session.cart].map(([id, count]) => ({ item: id, count, name: catalogue.item(id)?.name }));
  const totalCents = [...session.cart].reduce(
    (sum, [id, count]) => sum + count * (catalogue.item(id)?.priceCents ?? 0),
    0,
  );
  return { user: session.user, lines, totalCents };
}

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= 999;
}

function* chunksOf(lines: readonly string[], size: number): Generator<string> {
  for (let start = 0; start < lines.length; start += size) yield lines.slice(start, start + size).join("");
}
