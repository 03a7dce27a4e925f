/** What both clients send, and how they name it. */
import { sumUsOf } from "../../support/fake_owner.ts";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { CLIENTS, openBench } from "../../support/clients.ts";
import { bodyText } from "../../support/http_system.ts";

const VERBS = ["get", "post", "put", "patch", "delete", "options"] as const;

for (const client of CLIENTS) {
  const isFast = client === "FastHttpSession";

  test(`${client}: URLs that differ in ids become one row after 20; names that were given never do`, async () => {
    await using bench = await openBench(client);
    const { session, owner } = bench;
    const given: [string, (url: string) => Promise<unknown>][] = [
      ["the option", (url) => session.get(url, { name: `/named${url}` })],
      ["the same name as the URL", (url) => session.get(url, { name: url })],
      ["the option, with others", (url) => session.get(url, { name: `/named${url}`, params: { a: 1 } })],
      ["requestName", (url) => {
        session.requestName = `/named${url}`;
        return session.get(url);
      }],
      ["renameRequest", (url) => session.renameRequest(`/named${url}`, () => session.get(url))],
      ["a block", (url) => session.get(url, { catchResponse: (res) => void (res.requestMeta.name = `/named${url}`) })],
    ];
    for (const [way, send] of given) {
      for (let i = 0; i < 22; i++) await send(`/items/${i}`);
      session.requestName = undefined;
      const rows = owner.drain().entries;
      assert.equal(rows.length, 22, way);
      assert.ok(rows.every(({ origin }) => origin === undefined), way);
    }
    const urls: [string, string, (id: number) => Promise<unknown>][] = [
      ["plain", "/plain/[id]", (id) => session.get(`/plain/${id}`)],
      [
        "options",
        isFast ? "/options/[id]" : "/options/[id]?a=[value]",
        (id) => session.get(`/options/${id}`, { params: { a: id } }),
      ],
      ["a block", "/block/[id]", (id) => session.get(`/block/${id}`, { catchResponse: (res) => res.success() })],
      ["rest()", "/rest/[id]", (id) => session.rest("GET", `/rest/${id}`)],
      ["rest_()", "/rest_/[id]?_=[value]", (id) => session.rest_("GET", `/rest_/${id}`)],
      ["fetch", "/fetch/[id]", (id) => session.fetch(`${bench.session.baseUrl}/fetch/${id}`)],
      ["stream", "/stream/[id]", (id) => session.get(`/stream/${id}`, { stream: true })],
    ];
    for (const [way, group, send] of urls) {
      for (let i = 0; i < 22; i++) await send(i);
      const rows = owner.drain().entries;
      assert.deepEqual(rows.map(({ origin }) => origin), [...Array(20).fill("url"), "group"], way);
      assert.ok(rows.at(-1)?.name.endsWith(group), `${way}: ${rows.at(-1)?.name}`);
      assert.equal(rows.at(-1)?.requests, 2, way);
    }
  });

  test(`${client} counts a request under its own tags over those of its user, on every way through the client`, async () => {
    await using bench = await openBench(client);
    const { session, owner } = bench;
    const ways: [string, () => Promise<unknown>][] = [
      ["get", () => session.get("/", { tags: { region: "eu" } })],
      ["name", () => session.get("/", { name: "n", tags: { region: "eu" } })],
      ["catchResponse", () => session.get("/", { tags: { region: "eu" }, catchResponse: (res) => res.failure("no") })],
      ["stream", () => session.get("/", { tags: { region: "eu" }, stream: true })],
      ["rest", () => session.rest("GET", "/", { tags: { region: "eu" } })],
      ["fetch", () => session.fetch("/", { tags: { region: "eu" } })],
    ];
    const counted = () =>
      owner.drain().tagged?.map(({ tag, value, entries }) => `${tag}=${value} ${entries[0]?.requests}`).sort();
    await session.get("/");
    assert.equal(counted(), undefined);
    for (const [way, send] of ways) {
      owner.userTags = undefined;
      await send();
      assert.deepEqual(counted(), ["region=eu 1"], way);
      owner.userTags = { plan: "free", region: "us" };
      await send();
      assert.deepEqual(counted(), ["plan=free 1", "region=eu 1"], way);
    }
    await session.get("/");
    assert.deepEqual(counted(), ["plan=free 1", "region=us 1"], "the fast path");
    owner.listen();
    await session.get("/", { tags: { plan: "pro" } });
    assert.deepEqual(owner.events.at(-1)?.tags, { plan: "pro", region: "us" });
  });

  test(`${client} has every verb, and request() for the others`, async () => {
    await using bench = await openBench(client);
    for (const verb of VERBS) {
      const res = await bench.session[verb](`/${verb}`);
      assert.equal(res.status, 200);
      assert.equal((await res.json<{ method: string }>()).method, verb.toUpperCase());
    }
    const head = await bench.session.head("/head");
    assert.deepEqual([head.status, (await head.bytes()).length], [200, 0]);
    await bench.session.request("propfind", "/dav");
    assert.equal(bench.system.seen.at(-1)?.method, "PROPFIND");
    assert.deepEqual(
      bench.owner.drainRows().sort(),
      [
        ...VERBS.map((verb) => `${verb.toUpperCase()} /${verb} 1/0`),
        "HEAD /head 1/0",
        "PROPFIND /dav 1/0",
      ].sort(),
    );
  });

  test(`${client} sends the standard headers, those of class, user and request, the later ones first`, async () => {
    await using bench = await openBench(client, {}, { defaultHeaders: { "X-Class": "c", "X-Who": "class" } });
    bench.session.headers.set("X-User", "u");
    bench.session.headers.set("X-Who", "user");
    await bench.session.get("/");
    await bench.session.get("/", { headers: { "x-who": "request" } });
    const [first, second] = bench.system.seen;
    assert.deepEqual(
      ["x-class", "x-user", "x-who", "accept", "user-agent", "accept-encoding"].map((name) => first?.headers[name]),
      ["c", "u", "user", "*/*", "locust-ts", "gzip, deflate, br, zstd"],
    );
    assert.equal(second?.headers["x-who"], "request");
  });

  test(`${client} headers of one user are not those of another`, async () => {
    await using bench = await openBench(client);
    const other = bench.session.forHost(bench.system.url);
    bench.session.headers.set("Authorization", "Bearer one");
    await bench.session.get("/same");
    await other.get("/same");
    other.headers.set("Authorization", "Bearer two");
    await other.get("/same");
    await bench.session.get("/same");
    assert.deepEqual(bench.system.seen.map((request) => request.headers.authorization), [
      "Bearer one",
      undefined,
      "Bearer two",
      "Bearer one",
    ]);
    other.close();
  });

  test(`${client} params go behind the query, the request's replace the session's`, async () => {
    await using bench = await openBench(client);
    await bench.session.get("/p?x=0", { params: { a: "b c", list: [1, 2] } });
    bench.session.params = { a: "session", token: "t" };
    await bench.session.get("/p", { params: { a: "own" } });
    await bench.session.get("/p");
    assert.deepEqual(bench.system.seen.map((request) => request.url), [
      "/p?x=0&a=b+c&list=1&list=2",
      "/p?token=t&a=own",
      "/p?a=session&token=t",
    ]);
  });

  test(`${client} json says so${isFast ? ", and asks for JSON" : ""}`, async () => {
    await using bench = await openBench(client);
    await bench.session.post("/", { json: { a: 1 } });
    await bench.session.post("/", {
      json: [1],
      headers: { "content-type": "application/vnd.x+json", ACCEPT: "text/x" },
    });
    const [plain, own] = bench.system.seen;
    assert.equal(bodyText(plain), '{"a":1}');
    assert.equal(plain?.headers["content-type"], "application/json");
    assert.equal(plain?.headers.accept, isFast ? "application/json" : "*/*");
    assert.deepEqual([own?.headers["content-type"], own?.headers.accept], ["application/vnd.x+json", "text/x"]);
  });

  test(`${client} sends forms, text, bytes, blobs and form data`, async () => {
    await using bench = await openBench(client);
    const form = new FormData();
    form.set("name", "ada");
    form.set("file", new File(["a,b\n"], "t.csv", { type: "text/csv" }));
    await bench.session.post("/", { form: { a: 1, b: "x y" } });
    await bench.session.post("/", { body: "text" });
    await bench.session.post("/", { body: Uint8Array.of(0, 255) });
    await bench.session.post("/", { body: new Blob(["blob"], { type: "image/png" }) });
    await bench.session.post("/", { body: form });
    await bench.session.post("/");
    const { seen } = bench.system;
    assert.deepEqual(seen.slice(0, 2).map(bodyText), ["a=1&b=x+y", "text"]);
    assert.deepEqual([...seen[2]!.body], [0, 255]);
    assert.deepEqual([bodyText(seen[3]), seen[3]!.headers["content-type"]], ["blob", "image/png"]);
    assert.match(String(seen[4]!.headers["content-type"]), /^multipart\/form-data; boundary=/);
    assert.equal(seen[4]!.headers["content-length"], String(seen[4]!.body.length));
    const parsed = await new Response(seen[4]!.body as BodyInit, {
      headers: { "content-type": String(seen[4]!.headers["content-type"]) },
    }).formData();
    assert.equal(parsed.get("name"), "ada");
    assert.equal(await (parsed.get("file") as File).text(), "a,b\n");
    assert.equal(seen[5]!.headers["content-length"], "0");
  });

  test(`${client} sends a ReadableStream in chunks`, async () => {
    await using bench = await openBench(client);
    const parts = Array.from({ length: 20 }, (_, i) => new TextEncoder().encode(`part ${i};`));
    const res = await bench.session.put("/upload", { body: ReadableStream.from(parts) });
    assert.equal(res.status, 200);
    assert.equal(bench.system.seen[0]!.headers["transfer-encoding"], "chunked");
    assert.equal(bodyText(bench.system.seen[0]), parts.map((_, i) => `part ${i};`).join(""));
  });

  test(`${client} names rows by ${isFast ? "the URL as passed" : "path and query"}`, async () => {
    await using bench = await openBench(client);
    const { session, system, owner } = bench;
    const host = `127.0.0.1:${system.port}`;
    await session.get("/a?x=1");
    await session.get("/b", { params: { y: 2 } });
    await session.get(`http://ada:secret@${host}/c?z=3`);
    await session.get("/d?n=17", { name: "/d?n=[n]" });
    await session.get("/e", { name: "/e" });
    await session.get("/f#part");
    await session.get("/f#other");
    const rows = owner.drainRows().map((row) => row.replace(String(system.port), "PORT"));
    assert.deepEqual(
      rows,
      isFast
        ? [
          "GET /a?x=1 1/0",
          "GET /b 1/0",
          "GET http://127.0.0.1:PORT/c?z=3 1/0",
          "GET /d?n=[n] 1/0",
          "GET /e 1/0",
          "GET /f 2/0",
        ]
        : ["GET /a?x=1 1/0", "GET /b?y=2 1/0", "GET /c?z=3 1/0", "GET /d?n=[n] 1/0", "GET /e 1/0", "GET /f 2/0"],
    );
  });

  test(`${client} a name for ever-new URLs leaves no room-taking rows of the URLs themselves`, async () => {
    await using bench = await openBench(client);
    for (let i = 0; i < 2100; i++) await bench.session.get(`/items/${i}`, { name: "/items/[id]" });
    await bench.session.get("/last", { catchResponse: (res) => void (res.requestMeta.name = "renamed") });
    await bench.session.get("/new");
    assert.deepEqual(bench.owner.drainRows(), ["GET /items/[id] 2100/0", "GET renamed 1/0", "GET /new 1/0"]);
  });

  test(`${client} requestName and renameRequest() name what has no name of its own`, async () => {
    await using bench = await openBench(client);
    const { session, owner } = bench;
    session.requestName = "all";
    await session.get("/1");
    await session.get("/2", { name: "own" });
    const value = await session.renameRequest("inside", async () => (await session.get("/3")).status);
    await session.get("/4");
    assert.equal(value, 200);
    assert.equal(session.requestName, undefined);
    assert.deepEqual(owner.drainRows(), ["GET all 1/0", "GET own 1/0", "GET inside 1/0", "GET /4 1/0"]);
  });

  test(`${client} renameRequest() without a function names requests to the end of its block`, async () => {
    await using bench = await openBench(client);
    {
      using _named = bench.session.renameRequest("/blog?id=[id]");
      await bench.session.get("/blog?id=1");
      await bench.session.get("/blog?id=2");
    }
    await bench.session.get("/after");
    assert.deepEqual(bench.owner.drainRows().sort(), ["GET /after 1/0", "GET /blog?id=[id] 2/0"]);
  });

  test(`${client} says what is meant by names of Python's requests`, async () => {
    await using bench = await openBench(client);
    const { session } = bench;
    const res = await session.get("/");
    const python = session as unknown as Record<string, unknown> & { headers: Record<string, string> };
    assert.throws(() => python["verify"] = false, /client\.verify.*write client\.tls = \{ verify: false \}/);
    assert.throws(() => python.headers["X-Key"] = "k", /headers\["X-Key"\].*write headers\.set\("X-Key", value\)/);
    assert.throws(() => python.headers["X-Key"], /headers\.get/);
    assert.throws(() => (res as unknown as Record<string, unknown>)["statusCode"], /write res\.status/);
    assert.throws(() => (res as unknown as Record<string, unknown>)["content"], /write await res\.bytes\(\)/);
    session.headers.update({ "X-Key": "k" });
    await session.get("/");
    assert.equal(bench.system.seen.at(-1)?.headers["x-key"], "k");
    const fields = { username: "ada" } as object;
    await assert.rejects(session.post("/login", fields), /no option "username"; put a form into \{ form/);
    await assert.rejects(session.get("/", fields), /put query parameters into \{ params/);
  });

  test(`${client} base URL credentials are decoded, sent to that host only, and shown nowhere`, async () => {
    await using bench = await openBench(client);
    await using stranger = await openBench(client);
    const owner = bench.owner.listen();
    const session = bench.session.forHost(bench.system.url.replace("//", "//ada:p%40ss%3A@"));
    await session.get("/own");
    await session.get("/own?again", { name: "x" });
    await session.get(`${stranger.system.url}/foreign`);
    const expected = `Basic ${Buffer.from("ada:p@ss:").toString("base64")}`;
    assert.deepEqual(bench.system.seen.map((request) => request.headers.authorization), [expected, expected]);
    assert.equal(stranger.system.seen[0]!.headers.authorization, undefined);
    assert.equal(session.baseUrl, bench.system.url);
    assert.deepEqual(session.auth, ["ada", "p@ss:"]);
    const shown = JSON.stringify([owner.events.map(({ url, name }) => [url, name]), owner.drain()]);
    assert.doesNotMatch(shown, /ada|ss/);
    session.close();
  });

  test(`${client} auth: the request's beats its header, that beats the session's`, async () => {
    await using bench = await openBench(client);
    const { session } = bench;
    session.auth = ["s", "s"];
    await session.get("/");
    await session.get("/", { headers: { Authorization: "Bearer h" } });
    await session.get("/", { headers: { Authorization: "Bearer h" }, auth: ["r", "r"] });
    session.auth = undefined;
    await session.get("/");
    assert.deepEqual(bench.system.seen.map((request) => request.headers.authorization), [
      `Basic ${btoa("s:s")}`,
      "Bearer h",
      `Basic ${btoa("r:r")}`,
      undefined,
    ]);
  });

  test(`${client} refuses mistakes of the caller, by name, and counts nothing`, async () => {
    await using bench = await openBench(client);
    const { session, owner } = bench;
    const bad = (options: object) => session.post("/", options);
    await assert.rejects(bad({ json: 1, form: {} }), {
      name: "UsageError",
      message: /"json" and "form" are both given/,
    });
    await assert.rejects(bad({ json: 1, body: "x" }), /"json" and "body"/);
    await assert.rejects(bad({ data: {} }), /no option "data"; use "form"/);
    await assert.rejects(bad({ catch_response: true }), /write "catchResponse"/);
    await assert.rejects(bad({ timeout: 0 }), /"timeout" is 0/);
    await assert.rejects(bad({ timeout: { total: -1 } }), /"timeout.total"/);
    await assert.rejects(bad({ auth: "ada" }), /"auth" is not/);
    await assert.rejects(bad({ redirect: "maybe" }), /"redirect" is "maybe"/);
    await assert.rejects(bad({ headers: { "a b": "c" } }), /header "a b"/);
    await assert.rejects(bad({ cookies: { a: "b;c" } }), /cookie "a"/);
    await assert.rejects(session.get("http://[bad/"), /not a valid URL/);
    await assert.rejects(session.get("http://u:secret@[bad/"), (error: Error) => !error.message.includes("secret"));
    await assert.rejects(session.forHost("").get("/x"), /"\/x": it has no host/);
    await assert.rejects(session.request("G T", "/"), /method/);
    assert.deepEqual([owner.inFlight, owner.drainRows()], [0, []]);
    assert.equal(bench.system.seen.length, 0);
  });

  test(`${client} records once, before the caller goes on, with the decoded length`, async () => {
    await using bench = await openBench(client, { "/": (_request, response) => response.end("0123456789") });
    const { session, owner } = bench;
    const res = await session.get("/");
    const row = owner.drainRow();
    assert.deepEqual([row.requests, row.failures, row.bytes, owner.inFlight], [1, 0, 10, 0]);
    assert.deepEqual(owner.calls, ["started", "ended"]);
    assert.ok(res.elapsed > 0 && sumUsOf(row) > 0);
    assert.equal(Math.round(res.elapsed * 1000), sumUsOf(row));
  });

  test(`${client} fires an event with Locust's fields, after counting, only if somebody listens`, async () => {
    await using bench = await openBench(client);
    const { session, owner } = bench;
    owner.userContext = { tenant: "a", shared: "user" };
    await session.get("/before");
    owner.listen();
    for (const options of [undefined, { context: { shared: "request" } }]) {
      const res = await session.get("/page?x=1", options);
      const event = owner.events.at(-1)!;
      assert.deepEqual([event.requestType, event.name, event.exception], ["GET", "/page?x=1", null]);
      assert.equal(event.url, `${bench.system.url}/page?x=1`);
      assert.equal(event.response, res);
      assert.equal(event.responseTime, res.elapsed);
      assert.equal(event.responseLength, (await res.bytes()).length);
      assert.deepEqual(event.context, { tenant: "a", shared: options === undefined ? "user" : "request" });
      assert.ok(Math.abs(event.startTime - Date.now() / 1000) < 60);
    }
    assert.deepEqual(owner.events.map((event) => event.name), ["/page?x=1", "/page?x=1"]);
    assert.deepEqual(owner.calls.slice(-3), ["started", "fired", "ended"]);
  });

  test(`${client} what a listener throws leaves the call, after the sample is counted`, async () => {
    await using bench = await openBench(client);
    const { session, owner } = bench;
    const reschedule = new Error("reschedule");
    owner.listener = (event) => {
      if (event.exception !== null) throw reschedule;
    };
    await session.get("/fine");
    await assert.rejects(session.get("http://127.0.0.1:1/", { name: "gone" }), reschedule);
    assert.deepEqual(owner.drainRows(), ["GET /fine 1/0", "GET gone 1/1"]);
    assert.equal(owner.inFlight, 0);
  });

  test(`${client} close() drops the connections and goes on with new ones`, async () => {
    const ports = new Set<number | undefined>();
    await using bench = await openBench(client, {
      "/": (_request, response, raw) => {
        ports.add(raw.socket.remotePort);
        response.end();
      },
    });
    await bench.session.get("/");
    await bench.session.get("/");
    assert.equal(ports.size, 1);
    bench.session.close();
    await bench.session.get("/");
    assert.equal(ports.size, 2);
  });
}
