/** Bodies that a class or a call does not want: counted as all others, and not there afterwards. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { CLIENTS, openBench } from "../../support/clients.ts";
import type { Page } from "../../support/http_system.ts";

const TEXT = "x".repeat(40_000);

const PAGES: Readonly<Record<string, Page>> = {
  "/short": (_request, response) => response.end('{"id":7}'),
  "/long": (_request, response) => response.end(TEXT),
  "/chunked": (_request, response) => {
    response.write(TEXT, () => response.end("end"));
  },
  "/gzip": (_request, response) => response.setHeader("content-encoding", "gzip").end(gzipSync(TEXT)),
  "/broken": (_request, response) => response.setHeader("content-encoding", "gzip").end("no gzip"),
  "/empty": (_request, response) => response.end(),
  "/moved": (_request, response) => response.writeHead(302, { location: "/short" }).end("moved"),
  "/missing": (_request, response) => response.writeHead(404).end("no such item"),
  "/cookie": (_request, response) => response.setHeader("set-cookie", "a=1").end("1"),
  "/cut": (_request, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half of it", () => response.destroy());
  },
};

/** Paths, and how long their bodies are. */
const LENGTHS: readonly (readonly [path: string, bytes: number])[] = [
  ["/short", 8],
  ["/long", 40_000],
  ["/chunked", 40_003],
  ["/gzip", 40_000],
  ["/moved", 8],
  ["/cookie", 1],
];

const NOT_KEPT = /^Cannot read the body of GET \S+: it was not kept, because of discardBody;/;

/** What each way of reading the body throws or rejects with. */
async function readings(res: unknown): Promise<string[]> {
  const body = res as Record<"text" | "json" | "bytes" | "arrayBuffer", () => unknown> & { readonly body: unknown };
  const reads = [() => body.text(), () => body.json(), () => body.bytes(), () => body.arrayBuffer(), () => body.body];
  return await Promise.all(reads.map(async (read) => {
    try {
      return JSON.stringify(await read());
    } catch (error) {
      return (error as Error).message;
    }
  }));
}

for (const client of CLIENTS) {
  for (const how of ["class", "call"] as const) {
    const settings = how === "class" ? { discardBody: true } : {};
    const options = how === "class" ? undefined : { discardBody: true };

    test(`${client} discardBody of the ${how}: lengths are counted, bodies cannot be read`, async () => {
      await using bench = await openBench(client, PAGES, settings);
      for (const [path, bytes] of LENGTHS) {
        for (const _ of ["first", "again"]) { // again: on a connection that has had it before
          const res = await bench.session.get(path, options);
          assert.deepEqual([res.status, res.requestMeta.responseLength], [200, bytes], path);
          assert.equal(bench.owner.drainRow().bytes, bytes, path);
          for (const reading of await readings(res)) assert.match(reading, NOT_KEPT, path);
        }
      }
    });

    test(`${client} discardBody of the ${how}: failures are failures, and keep their bodies`, async () => {
      await using bench = await openBench(client, PAGES, settings);
      assert.equal(await (await bench.session.get("/missing", options)).text(), "no such item");
      assert.deepEqual(bench.owner.drainFailures(), ["HttpError 404 Not Found"]);
      for (const path of ["/cut", "/broken"]) {
        const res = await bench.session.get(path, options);
        assert.equal(res.status, 0, path);
        assert.equal(bench.owner.drainFailures().length, 1, path);
      }
    });
  }

  test(`${client} discardBody: false keeps a body where the class discards them`, async () => {
    await using bench = await openBench(client, PAGES, { discardBody: true });
    assert.equal((await (await bench.session.get("/short", { discardBody: false })).json<{ id: number }>()).id, 7);
    assert.match((await readings(await bench.session.get("/short")))[0] ?? "", NOT_KEPT);
  });

  test(`${client} rest(), fetch and streams read bodies, whatever the class says`, async () => {
    await using bench = await openBench(client, PAGES, { discardBody: true });
    assert.deepEqual((await bench.session.rest("GET", "/short")).js, { id: 7 });
    assert.deepEqual(await (await bench.session.fetch("/short")).json(), { id: 7 });
    await using res = await bench.session.get("/long", { stream: true });
    assert.equal((await res.text()).length, TEXT.length);
  });

  test(`${client} a block may judge a response without its body`, async () => {
    await using bench = await openBench(client, PAGES, { discardBody: true });
    await bench.session.get("/short", { catchResponse: (res) => res.failure("not today") });
    assert.deepEqual(bench.owner.drainFailures(), ["not today"]);
  });

  test(`${client} stream and discardBody exclude each other`, async () => {
    await using bench = await openBench(client, PAGES);
    await assert.rejects(bench.session.get("/short", { stream: true, discardBody: true }), {
      name: "UsageError",
      message: /"stream" and "discardBody" are both true/,
    });
  });
}
