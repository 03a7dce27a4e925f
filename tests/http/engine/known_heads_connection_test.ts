import assert from "node:assert/strict";
import { test } from "node:test";
import { WireClient } from "../../support/wire_client.ts";
import { MemoryNetwork, toText } from "../../support/memory_socket.ts";
import type { WireResponse } from "../../../src/http/engine/wire_response.ts";
import { settle } from "../../support/fake_clock.ts";

for (const memory of ["fresh", "reused", "shown", "room"] as const) {
  test(`Connection gives each response its own bytes where heads are equal (${memory})`, async () => {
    const network = new MemoryNetwork(memory);
    const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect });
    const ask = async (wire: string, method = "GET") => {
      const promise = client.send(method, "/");
      await settle();
      network.last.receive(wire);
      return await promise;
    };
    if (memory === "room") await ask(`HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n${"x".repeat(40_000)}`); // rooms from now on
    const answer = (label: string, body: string) =>
      `HTTP/1.1 200 OK\r\nX-Label: ${label}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const read: [WireResponse, string, string][] = [];
    for (let turn = 0; turn < 120; turn++) {
      const label = turn < 60 ? "same" : `n${turn}`; // then they differ each time
      const body = String.fromCharCode(97 + turn % 26).repeat(turn % 3 === 0 ? 13 : 300 + turn % 2 * 10_000);
      read.push([await ask(answer(label, body)), label, body]);
      if (turn % 5 === 0) {
        structuredClone(read[turn]![0].body, { transfer: [read[turn]![0].body.buffer as ArrayBuffer] });
      } else if (turn % 7 === 0) read[turn]![0].body.fill(0);
    }
    for (const [turn, [response, label, body]] of read.entries()) {
      if (turn % 5 === 0 || turn % 7 === 0) continue; // its reader has taken or changed the bytes
      assert.equal(response.get("x-label"), label, `answer ${turn}`);
      assert.equal(response.get("content-length"), String(body.length), `answer ${turn}`);
      assert.equal(toText(response.body), body, `answer ${turn}`);
    }
    assert.equal((await ask("HTTP/1.1 200 OK\r\nX-Label: same\r\nContent-Length: 13\r\n\r\n", "HEAD")).bodyLength, 0);
    assert.equal(network.sockets.length, 1);
  });
}
