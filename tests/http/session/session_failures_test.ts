/** What both clients return and count when the system or the network fails. */
import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { CLIENTS, openBench } from "../../support/clients.ts";

/** A server that answers each connection's first bytes with these, and then does `after`. */
async function openRawServer(answer: string, after: (socket: Socket) => void = (socket) => socket.end()) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // the other side may be gone first: that is what these tests are about
    socket.once("data", () => answer === "" ? after(socket) : socket.write(answer, () => after(socket)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

for (const client of CLIENTS) {
  for (
    const [status, text] of [[404, "HttpError 404 Not Found"], [500, "HttpError 500 Internal Server Error"]] as const
  ) {
    test(`${client} a ${status} is a failed sample and an ordinary response`, async () => {
      await using bench = await openBench(client, {
        "/": (_request, response) => response.writeHead(status, "Request 4711 failed").end("why"),
      });
      for (const options of [undefined, { name: "/" }]) {
        const res = await bench.session.get("/", options);
        assert.deepEqual([res.status, res.ok, await res.text(), res.error?.message], [status, false, "why", text]);
        assert.deepEqual([bench.owner.drainFailures(), res.statusText], [[text], "Request 4711 failed"]);
        assert.throws(() => res.raiseForStatus(), { name: "HttpError", status });
      }
    });
  }

  for (const status of [200, 204, 300, 304, 305, 399]) {
    test(`${client} a ${status} is a success`, async () => {
      await using bench = await openBench(client, { "/": (_request, response) => response.writeHead(status).end() });
      const res = await bench.session.get("/");
      assert.deepEqual([res.status, res.ok, res.error], [status, true, undefined]);
      assert.equal(bench.owner.drainRow().failures, 0);
      res.raiseForStatus();
    });
  }

  test(`${client} without a response: status 0, an error, one failed sample, nothing thrown`, async () => {
    await using bench = await openBench(client);
    for (const options of [undefined, { name: "http://127.0.0.1:1/" }]) {
      const res = await bench.session.get("http://127.0.0.1:1/", options);
      assert.deepEqual([res.status, res.ok, await res.text(), [...res.headers].length, res.body], [
        0,
        false,
        "",
        0,
        null,
      ]);
      assert.equal((await res.bytes()).length, 0);
      assert.equal(res.error?.name, "ConnectionError");
      await assert.rejects(async () => await res.json(), { name: "ResponseError", message: "ConnectionRefused" });
      assert.throws(() => res.raiseForStatus(), res.error);
      const delta = bench.owner.drain();
      assert.deepEqual(delta.failures.map((failure) => failure.text), ["ConnectionRefused"]);
      assert.deepEqual(delta.entries.map((row) => [row.requests, row.failures, row.bytes]), [[1, 1, 0]]);
    }
    assert.equal(bench.owner.inFlight, 0);
  });

  test(`${client} names a host without an address DnsError`, async () => {
    await using bench = await openBench(client);
    await bench.session.get("http://no-such-host.invalid/");
    assert.deepEqual(bench.owner.drainFailures(), ["DnsError"]);
  });

  test(`${client} names a silent server Timeout (response), a slow one Timeout (total)`, async () => {
    await using silent = await openRawServer("", () => {});
    await using bench = await openBench(client);
    await bench.session.get(silent.url, { timeout: 0.3 });
    await bench.session.get(silent.url, { timeout: { response: 0.3 } });
    await bench.session.get(silent.url, { timeout: { total: 0.3 } });
    await bench.session.get(silent.url, { signal: AbortSignal.timeout(300) });
    const { failures } = bench.owner.drain();
    assert.deepEqual(failures.map(({ text, count }) => [text, count]), [["Timeout (response)", 2], [
      "Timeout (total)",
      2,
    ]]);
  });

  test(`${client} class timeouts hold for requests without their own`, async () => {
    await using silent = await openRawServer("", () => {});
    await using bench = await openBench(client, {}, { networkTimeout: 0.3 });
    const res = await bench.session.get(silent.url);
    assert.deepEqual([res.status, bench.owner.drainFailures()], [0, ["Timeout (response)"]]);
  });

  for (
    const [title, answer, text] of [
      [
        "a body cut short",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        /^ProtocolError\(.+\)$|^ConnectionClosed$/,
      ],
      ["garbage", "SSH-2.0-OpenSSH_9\r\n\r\n", /^ProtocolError\(.+\)$/],
      [
        "a broken gzip body",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        /^ProtocolError\(broken gzip body\)$/,
      ],
    ] as const
  ) {
    test(`${client} ${title} is status 0 and counted once`, async () => {
      await using server = await openRawServer(answer);
      await using bench = await openBench(client);
      for (const options of [undefined, { name: "x" }]) {
        const res = await bench.session.get(`${server.url}/`, options);
        const delta = bench.owner.drain();
        assert.deepEqual([res.status, await res.text(), delta.entries.map((row) => row.requests)], [0, "", [1]]);
        assert.match(delta.failures[0]!.text, text);
        assert.doesNotMatch(delta.failures[0]!.text, /\d{4,}|127\.0/);
      }
    });
  }

  test(`${client} an unknown content coding keeps the sample and hands the body out raw`, async () => {
    await using bench = await openBench(client, {
      "/": (_request, response) => response.writeHead(200, { "Content-Encoding": "aws-chunked" }).end("raw"),
    });
    const res = await bench.session.get("/");
    assert.deepEqual([res.status, await res.text(), bench.owner.drainRow().bytes], [200, "raw", 3]);
  });

  test(`${client} maxRetries tries a failed connection again within one sample, and says so`, async () => {
    let connections = 0;
    await using flaky = await openRawServer("", (socket) => {
      connections++;
      if (connections < 3) socket.resetAndDestroy();
      else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    await using bench = await openBench(client, {}, { maxRetries: 2 });
    const res = await bench.session.get(`${flaky.url}/x`, { name: "x" });
    const delta = bench.owner.drain();
    assert.deepEqual([res.status, connections, delta.retries], [200, 3, 2]);
    assert.deepEqual(delta.entries.map((row) => [row.requests, row.failures]), [[1, 0]]);
  });

  test(`${client} phases are kept if the recorder wants them`, async () => {
    const { FakeOwner } = await import("../../support/fake_owner.ts");
    await using bench = await openBench(client, {}, {}, new FakeOwner({ phases: "keep" }));
    await bench.session.get("/");
    await bench.session.get("/", { name: "/" });
    const phases = bench.owner.drain().entries.flatMap((row) => Object.keys(row.phases ?? {}));
    assert.ok(phases.includes("waiting") && phases.includes("connect"), phases.join());
  });
}
