import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpSender } from "../../../src/http/session/http_session.ts";
import { HTTP_TRAITS } from "../../../src/http/session/session_options.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { FakeOwner } from "../../support/fake_owner.ts";
import { openHeapCounter } from "../../support/heap_objects.ts";
import { MemoryNetwork } from "../../support/memory_socket.ts";

const countHeap = await openHeapCounter();

test(
  "FastPath keeps no response that its caller has let go: idle users are many, and their last answers may be large",
  {
    skip: countHeap === undefined ? "under Deno no collection can be asked for" : false,
  },
  async () => {
    const network = new MemoryNetwork();
    const owner = new FakeOwner({ clock: new FakeClock() });
    const options = { baseUrl: "http://127.0.0.1:81", connectSocket: network.connect };
    const users = Array.from(
      { length: 20 },
      () => new HttpSender(options, owner, HTTP_TRAITS),
    );
    const ask = async (user: HttpSender, answer: string) => {
      const call = user.send("GET", "/", undefined);
      await settle();
      network.last.receive(answer);
      return new WeakRef(await call);
    };
    const answers = ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"];
    const seen: WeakRef<object>[] = [];
    for (const [index, user] of users.entries()) seen.push(await ask(user, answers[index % 2] ?? ""));
    await settle();
    countHeap?.();
    await settle();
    countHeap?.();
    // The collector takes what lies on the stack for a reference: one may be left by chance.
    assert.ok(seen.filter((each) => each.deref() !== undefined).length <= 1);
    assert.equal(users.length, network.sockets.length); // the users are still there
  },
);

test("FastPath serves one request after the other, and several at once", async () => {
  const network = new MemoryNetwork();
  const owner = new FakeOwner({ clock: new FakeClock() });
  const options = { baseUrl: "http://127.0.0.1:81", connectSocket: network.connect, concurrency: 2 };
  const sender = new HttpSender(options, owner, HTTP_TRAITS);
  for (let turn = 0; turn < 3; turn++) {
    const calls = [sender.send("GET", "/a", undefined), sender.send("GET", "/b", undefined)];
    await settle();
    for (const socket of network.sockets) {
      const path = /^GET \/(\w)/.exec(socket.takeSent())?.[1];
      socket.receive(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${path}`);
    }
    assert.deepEqual(await Promise.all(calls.map(async (call) => await (await call).text())), ["a", "b"]);
  }
});
