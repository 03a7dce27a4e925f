/** The examples of custom clients against real servers: what they do is counted, and so is what fails. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { events, type RequestEvent, runSingleUser, StopUser, type UserClass } from "../../mod.ts";
import { freePort } from "../support/free_port.ts";
import { findTool, requireThat, requireTool } from "../support/requirements.ts";
import { openWebSocketEcho } from "../support/websocket_echo.ts";

/** Runs a user until it has made so many samples, and returns them. */
async function samplesOf(userClass: UserClass, host: string, count: number): Promise<RequestEvent[]> {
  const samples: RequestEvent[] = [];
  const listener = (event: RequestEvent) => {
    samples.push(event);
    if (samples.length >= count) throw new StopUser();
  };
  events.request.addListener(listener);
  try {
    await runSingleUser(userClass, { host, print: () => {} });
  } finally {
    events.request.removeListener(listener);
  }
  return samples;
}

const summary = (samples: readonly RequestEvent[]) =>
  samples.map(({ requestType, name, exception }) => `${requestType} ${name} ${exception === null ? "ok" : "failed"}`);

async function openRedis() {
  const port = await freePort();
  const child = spawn(findTool("redis-server")!, ["--port", String(port), "--bind", "127.0.0.1", "--save", ""]);
  await new Promise<void>((ready, fail) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("Ready to accept connections")) ready();
    });
    child.on("exit", (code) => fail(new Error(`redis-server ended with ${code}`)));
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      const gone = new Promise((exit) => child.on("exit", exit));
      child.kill();
      await gone;
    },
  };
}

function hasRedisPackage(): boolean {
  try {
    import.meta.resolve("redis");
    return true;
  } catch {
    return false; // not installed
  }
}

test("examples/raw_tcp.ts measures a connection and its lines", { skip: requireTool("redis-server") }, async () => {
  const { LineUser } = await import("../../examples/raw_tcp.ts");
  await using redis = await openRedis();
  const samples = await samplesOf(LineUser, `tcp://127.0.0.1:${redis.port}`, 4);
  assert.deepEqual(summary(samples), ["TCP connect ok", "TCP PING ok", "TCP PING ok", "TCP PING ok"]);
  assert.ok(samples.every(({ responseTime }) => responseTime !== null && responseTime > 0));
  assert.equal(samples[1]!.responseLength, "+PONG".length);
});

test("examples/raw_tcp.ts counts a server that is not there, and goes on", async () => {
  const { LineUser } = await import("../../examples/raw_tcp.ts");
  const samples = await samplesOf(LineUser, `tcp://127.0.0.1:${await freePort()}`, 3);
  assert.deepEqual(summary(samples), ["TCP connect failed", "TCP PING failed", "TCP PING failed"]);
});

test("examples/websocket.ts measures opening and messages", async () => {
  const { ChatUser } = await import("../../examples/websocket.ts");
  await using echo = await openWebSocketEcho();
  const samples = await samplesOf(ChatUser, echo.url, 3);
  assert.deepEqual(summary(samples), ["WS connect ok", "WS message ok", "WS message ok"]);
  assert.equal(echo.messages.length, 2);
  assert.match(echo.messages[0]!, /^hello \w{8}$/);
});

test("examples/websocket.ts counts a server that is not there", async () => {
  const { ChatUser } = await import("../../examples/websocket.ts");
  const samples = await samplesOf(ChatUser, `ws://127.0.0.1:${await freePort()}`, 2);
  assert.deepEqual(summary(samples), ["WS connect failed", "WS connect failed"]);
});

const noRedis = requireTool("redis-server") || requireThat(hasRedisPackage(), "the npm package redis is not installed");

test("examples/redis.ts measures the commands of an npm client", { skip: noRedis }, async () => {
  const { CacheUser } = await import("../../examples/redis.ts");
  await using redis = await openRedis();
  const samples = await samplesOf(CacheUser, `redis://127.0.0.1:${redis.port}`, 5);
  assert.equal(summary(samples)[0], "REDIS connect ok");
  for (const sample of summary(samples).slice(1)) assert.match(sample, /^REDIS (?:GET|SET) ok$/);
});

test("examples/redis.ts counts a server that is not there", { skip: noRedis }, async () => {
  const { CacheUser } = await import("../../examples/redis.ts");
  const samples = await samplesOf(CacheUser, `redis://127.0.0.1:${await freePort()}`, 2);
  assert.deepEqual(summary(samples), [
    "REDIS connect failed",
    samples[1]!.name === "GET" ? "REDIS GET failed" : "REDIS SET failed",
  ]);
});
