import assert from "node:assert/strict";
import { test } from "node:test";
import { createChat, MAX_WAITING_MESSAGES } from "../../src/demo/chat.ts";
import type { ServedSocket, SocketMessage } from "../../src/platform/http_serve.ts";
import { startDemo } from "../support/demo.ts";
import { FakeClock } from "../support/fake_clock.ts";

function openSocket() {
  const sent: SocketMessage[] = [];
  const closed: number[] = [];
  const socket: ServedSocket = { send: (message) => void sent.push(message), close: (code) => void closed.push(code) };
  return { sent, closed, socket };
}

test("createChat() answers in the order of the messages, each after its own latency", async () => {
  const clock = new FakeClock();
  const latencies = [50, 10];
  const { sent, socket } = openSocket();
  const chat = createChat({ clock, drawLatencyMs: () => latencies.shift() ?? 0 });
  chat("first", socket);
  chat("second", socket);
  await clock.advance(49);
  assert.deepEqual(sent, []);
  await clock.advance(1);
  assert.deepEqual(sent, ["first"]);
  await clock.advance(10);
  assert.deepEqual(sent, ["first", "second"]);
  chat("third", socket);
  assert.deepEqual(sent, ["first", "second", "third"], "a latency of nothing answers at once");
});

test("createChat() closes a client that sends without end", () => {
  const { closed, socket } = openSocket();
  const chat = createChat({ clock: new FakeClock(), drawLatencyMs: () => 5 });
  for (let index = 0; index < MAX_WAITING_MESSAGES; index++) chat("x", socket);
  assert.deepEqual(closed, []);
  chat("one too many", socket);
  assert.deepEqual(closed, [1008]);
});

test("the demo system speaks WebSocket on /chat, and counts connections and messages", async () => {
  await using demo = await startDemo({ latency: { kind: "none" } });
  const socket = new WebSocket(`${demo.url.replace("http", "ws")}/chat`);
  socket.binaryType = "arraybuffer";
  const answers: (string | number[])[] = [];
  const done = new Promise<void>((resolve, reject) => {
    socket.onmessage = ({ data }) => {
      answers.push(typeof data === "string" ? data : [...new Uint8Array(data as ArrayBuffer)]);
      if (answers.length === 2) resolve();
    };
    socket.onerror = () => reject(new Error("the WebSocket failed"));
  });
  socket.onopen = () => {
    socket.send("héllo");
    socket.send(new Uint8Array([1, 0, 255]));
  };
  await done;
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  assert.deepEqual(answers, ["héllo", [1, 0, 255]]);
  assert.deepEqual(demo.requests().byRoute, { "GET /chat": 1, "WS /chat": 2 });
  assert.equal(demo.requests().total, 3);
});

test("the demo system refuses a WebSocket elsewhere, and plain HTTP on /chat", async () => {
  await using demo = await startDemo({ latency: { kind: "none" } });
  const socket = new WebSocket(`${demo.url.replace("http", "ws")}/items`);
  await new Promise((resolve) => socket.onerror = resolve);
  const plain = await fetch(`${demo.url}/chat`);
  assert.deepEqual([plain.status, plain.headers.get("upgrade")], [426, "websocket"]);
});
