import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { openRudeServer, type RudePeer } from "../../support/rude_server.ts";
import { bodyText, WireClient } from "../../support/wire_client.ts";
import { letRealTimePass, nextTurn } from "../../support/real_time.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** What the connection does after it has read one request, and how the request ends. */
const ONCE: readonly (readonly [why: string, act: (peer: RudePeer) => Promise<void> | void, outcome: string])[] = [
  ["drips head and body", (peer) => peer.drip(OK), "200 ok"],
  [
    "drips a chunked body",
    (peer) => peer.drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
    "200 ok",
  ],
  ["closes without a word", (peer) => peer.finish(), "ConnectionClosed"],
  ["resets without a word", (peer) => peer.reset(), "ConnectionReset"],
  [
    "closes inside the head",
    async (peer) => {
      await peer.write("HTTP/1.1 200 OK\r\nContent-Le");
      peer.finish();
    },
    "ProtocolError(head cut short)",
  ],
  [
    "promises more than it sends",
    async (peer) => {
      await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
      peer.finish();
    },
    "ProtocolError(body cut short)",
  ],
  [
    "ends a body by closing",
    async (peer) => {
      await peer.write("HTTP/1.0 200 OK\r\n\r\nhello");
      peer.finish();
    },
    "200 hello",
  ],
  [
    "closes before the zero chunk",
    async (peer) => {
      await peer.write("HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      peer.finish();
    },
    "ProtocolError(body cut short)",
  ],
  ["speaks another protocol", (peer) => peer.write("SSH-2.0-OpenSSH_9.6\r\n"), "ProtocolError(not HTTP)"],
  [
    "sends a head without an end",
    async (peer) => {
      await peer.write("HTTP/1.1 200 OK\r\n");
      for (let i = 0; i < 40; i++) await peer.write(`X-${i}: ${"x".repeat(8000)}\r\n`);
    },
    "ProtocolError(head over the limit)",
  ],
];

for (const [why, act, outcome] of ONCE) {
  test(`HttpEngine and a server that ${why}`, async () => {
    await using server = await openRudeServer(async (peer) => {
      await peer.readRequest();
      await act(peer);
    });
    const client = new WireClient(server.url);
    assert.equal(await client.outcome("GET", "/"), outcome);
    assert.equal(server.accepted, 1);
    client.engine.close();
  });
}

test("HttpEngine takes no reset for the end of a body, even after some of it came", async () => {
  await using server = await openRudeServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\n\r\nhello");
    await letRealTimePass(30); // a reset may overtake bytes that nobody has read
    peer.reset();
  });
  assert.equal(await new WireClient(server.url).outcome("GET", "/"), "ConnectionReset");
});

test("HttpEngine answers a server that hangs up on a kept connection by one more try, for GET but not for POST", async () => {
  await using server = await openRudeServer(async (peer) => {
    await peer.readRequest();
    await peer.write(OK);
    if (await peer.readRequest() !== undefined) peer.reset();
  });
  const client = new WireClient(server.url);
  await client.outcome("GET", "/warm");
  const again = await client.send("GET", "/again");
  assert.equal(again.status, 200);
  assert.equal(again.retried, true);
  assert.equal(server.accepted, 2);
  assert.equal(await client.outcome("POST", "/post", { body: new Uint8Array(3) }), "ConnectionReset");
  assert.equal(server.accepted, 2);
  assert.equal(server.requests.filter((request) => request.startsWith("POST")).length, 1);
  client.engine.close();
});

test("HttpEngine says so when a response was longer than it announced, and the rest of it met the next request", async () => {
  for (const first of [OK, "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"]) {
    await using server = await openRudeServer(async (peer) => {
      await peer.readRequest();
      await peer.write(first);
      if (await peer.readRequest() !== undefined) await peer.write(`0\r\n\r\n${OK}`);
    });
    const client = new WireClient(server.url);
    assert.match(await client.outcome("GET", "/"), /^20[04]/);
    assert.equal(await client.outcome("GET", "/"), "ProtocolError(bytes after the previous response)");
    assert.match(await client.outcome("GET", "/"), /^20[04]/);
    assert.equal(server.accepted, 2);
    client.engine.close();
  }
});

test("HttpEngine notices a server that closes an idle connection, and opens another", async () => {
  await using server = await openRudeServer(async (peer) => {
    await peer.readRequest();
    await peer.write(OK);
    peer.finish();
  });
  const client = new WireClient(server.url);
  for (let i = 0; i < 3; i++) {
    const response = await client.send("POST", "/", { body: new Uint8Array(1) });
    assert.equal(response.status, 200);
    assert.equal(response.retried, false);
    await letRealTimePass(250); // lets the end arrive, on a busy machine too
  }
  assert.equal(server.accepted, 3);
});

test("HttpEngine never takes what an idle connection says for the next answer", async () => {
  await using server = await openRudeServer(async (peer) => {
    while (await peer.readRequest() !== undefined) {
      await peer.write(OK);
      await letRealTimePass(20);
      await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    }
  });
  const client = new WireClient(server.url);
  for (let i = 0; i < 3; i++) {
    assert.equal(await client.outcome("GET", "/"), "200 ok");
    await letRealTimePass(400); // what it says has come, on a busy machine too
  }
  assert.equal(server.accepted, 3);
});

test("HttpEngine ends a silent exchange by its timeouts", async () => {
  await using server = await openRudeServer((peer) => peer.left());
  const client = new WireClient(server.url);
  assert.equal(await client.outcome("GET", "/", { timeouts: { responseMs: 50 } }), "Timeout (response)");
  assert.equal(await client.outcome("GET", "/", { timeouts: { totalMs: 50 } }), "Timeout (total)");
});

test("HttpEngine names a host that does not exist and a port that nobody listens on", async () => {
  assert.equal(await new WireClient("http://no-such-host.invalid").outcome("GET", "/"), "DnsError");
  const gone = await openRudeServer(() => Promise.resolve());
  await gone[Symbol.asyncDispose]();
  assert.equal(await new WireClient(gone.url).outcome("GET", "/"), "ConnectionRefused");
});

test("HttpEngine reaches localhost by whichever family the server listens on", async () => {
  await using server = await openRudeServer(async (peer) => {
    while (await peer.readRequest() !== undefined) await peer.write(OK);
  });
  const resolveHost = () => Promise.resolve(["::1", "127.0.0.1"]);
  const client = new WireClient(`http://localhost:${server.port}`, { resolveHost });
  assert.equal(await client.outcome("GET", "/"), "200 ok");
  client.engine.close();
});

test("HttpEngine sends from the address that it is told to", async () => {
  await using server = await openRudeServer(async (peer) => {
    while (await peer.readRequest() !== undefined) await peer.write(OK);
  });
  const client = new WireClient(server.url, { localAddress: "127.0.0.7" });
  assert.equal(await client.outcome("GET", "/"), "200 ok");
  client.engine.close();
  const elsewhere = new WireClient(server.url, { localAddress: "192.0.2.1" });
  assert.equal(await elsewhere.outcome("GET", "/"), "LocalAddressUnavailable (on the load generator)");
});

const LARGE = 100_000_000;

test("HttpEngine streams 100 MB down to a slow reader in constant memory", async () => {
  await using server = await openRudeServer(async (peer) => {
    await peer.readRequest();
    await peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE}\r\n\r\n`);
    const piece = "x".repeat(1_000_000);
    for (let sent = 0; sent < LARGE; sent += piece.length) await peer.write(piece);
  });
  const client = new WireClient(server.url);
  const response = await client.send("GET", "/", { responseBody: "stream" });
  const startBytes = process.memoryUsage.rss();
  let received = 0;
  let peakBytes = 0;
  for await (const piece of response.stream as unknown as AsyncIterable<Uint8Array>) {
    received += piece.length;
    if (received % 5 === 0) await nextTurn();
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss() - startBytes);
  }
  assert.equal(received, LARGE);
  assert.ok(peakBytes < 80_000_000, `grew by ${peakBytes}`);
  client.engine.close();
});

test("HttpEngine uploads 100 MB from a stream in constant memory", async () => {
  let received = 0;
  await using server = await openRudeServer(async (peer) => {
    const length = await peer.discardUntil("0\r\n\r\n");
    received = length;
    await peer.write(OK);
  });
  const client = new WireClient(server.url);
  const piece = new Uint8Array(250_000).fill(0x78);
  let asked = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (asked++ < LARGE / piece.length) controller.enqueue(piece);
      else controller.close();
    },
  }, { highWaterMark: 0 });
  const startBytes = process.memoryUsage.rss();
  assert.equal(await client.outcome("POST", "/", { body }), "200 ok");
  assert.ok(received >= LARGE, `received ${received}`);
  assert.ok(process.memoryUsage.rss() - startBytes < 80_000_000);
  client.engine.close();
});

test("HttpEngine collects a body of many pieces", async () => {
  await using server = await openRudeServer(async (peer) => {
    await peer.readRequest();
    await peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (let i = 0; i < 100; i++) await peer.write(`2710\r\n${"x".repeat(10_000)}\r\n`);
    await peer.write("0\r\n\r\n");
  });
  const client = new WireClient(server.url);
  const response = await client.send("GET", "/");
  assert.equal(response.bodyLength, 1_000_000);
  assert.equal(await bodyText(response), "x".repeat(1_000_000));
  client.engine.close();
});

for (const [then, act] of [["waits", () => {}], ["leaves", (socket: Socket) => void socket.destroy()]] as const) {
  test(`HttpEngine sends no request behind a large body that an answer came before: the server ${then}`, async () => {
    let accepted = 0;
    const server = createServer((socket) => {
      accepted++;
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.pause(); // what the kernel does not take stays with the client
        socket.write(OK, () => act(socket));
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const client = new WireClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (let turn = 1; turn <= 3; turn++) {
      assert.equal(await client.outcome("POST", "/", { body: new Uint8Array(20_000_000) }), "200 ok");
      assert.equal(accepted, turn);
    }
    client.engine.close();
    server.close();
  });
}
