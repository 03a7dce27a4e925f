import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { checkHealth, webUiOf } from "../../../src/cli/verbs/health.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const HERE = { env: {}, cwd: "/" };

const ADDRESSES: readonly (readonly [says: string, seen: Partial<Parameters<typeof webUiOf>[0]>, url?: string])[] = [
  ["a run in the terminal", { argv: ["run", "x.ts"] }],
  ["a worker", { argv: ["worker", "--master-host", "m"] }],
  ["a worker by its variables", { argv: [], env: { LOCUST_MODE_WORKER: "true" } }],
  ["a headless master", { argv: ["-f", "x.ts", "--master", "--headless"] }],
  ["another command", { argv: ["demo"] }],
  ["Locust's way", { argv: ["-f", "x.ts"] }, "http://127.0.0.1:8089/healthz"],
  ["a master", { argv: ["-f", "x.ts", "--master", "-P", "9000"] }, "http://127.0.0.1:9000/healthz"],
  ["a locustfile's own options", { argv: ["-f", "x.ts", "--stock", "7"] }, "http://127.0.0.1:8089/healthz"],
  [
    "a container",
    { argv: ["run", "x.ts", "--web"], env: { LOCUST_WEB_HOST: "0.0.0.0", LOCUST_WEB_PORT: "80" } },
    "http://127.0.0.1:80/healthz",
  ],
  ["every interface", { argv: ["-f", "x.ts", "--web-host", "*"] }, "http://127.0.0.1:8089/healthz"],
  ["one interface", { argv: ["-f", "x.ts", "--web-host", "10.1.2.3"] }, "http://10.1.2.3:8089/healthz"],
  ["IPv6", { argv: ["-f", "x.ts", "--web-host", "fd00::1"] }, "http://[fd00::1]:8089/healthz"],
  [
    "TLS below a path",
    {
      argv: ["-f", "x.ts", "--web-tls-cert", "c.pem", "--web-tls-key", "k.pem", "--web-base-path", "/load"],
    },
    "https://127.0.0.1:8089/load/healthz",
  ],
];

for (const [says, seen, url] of ADDRESSES) {
  test(`webUiOf() of ${says} is ${url ?? "nowhere"}`, () => {
    assert.equal(webUiOf({ ...HERE, argv: [], ...seen }), url);
  });
}

test("webUiOf() reads the config file in the folder of the process", () => {
  using folder = new TempFolder({ "locust.toml": "web-port = 8123\n" });
  const seen = { argv: ["-f", "x.ts", "--config", folder.at("locust.toml")], env: {}, cwd: folder.path };
  assert.equal(webUiOf(seen), "http://127.0.0.1:8123/healthz");
});

const none = { processes: () => [] };

function processWith(state: string) {
  return { processes: () => [{ ...HERE, pid: 7, argv: ["worker"], state }] };
}

test("checkHealth() of a worker looks at its process", async () => {
  const well = await checkHealth({ timeoutSeconds: 1 }, processWith("S"));
  assert.deepEqual(well, { kind: "healthy", text: "process 7 runs; it has no web UI to ask" });
  assert.deepEqual(await checkHealth({ timeoutSeconds: 1 }, processWith("T")), {
    kind: "unhealthy",
    text: "process 7 is stopped",
  });
  assert.equal((await checkHealth({ timeoutSeconds: 1 }, processWith("Z"))).kind, "unhealthy");
  assert.match((await checkHealth({ timeoutSeconds: 1 }, none)).text, /no locust-ts is running here/);
});

/** Serves one answer, and asks for it. */
async function ask(status: number, body: string | undefined, timeoutSeconds = 20) {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    if (body !== undefined) response.writeHead(status, { Connection: "close" }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const health = await checkHealth({ url: `${url}/load/`, timeoutSeconds }, none);
    return { kind: health.kind, text: health.text.replace(url, "URL"), paths };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("checkHealth() asks /healthz of the web UI, below its path", async () => {
  assert.deepEqual(await ask(200, '{"state":"running"}'), {
    kind: "healthy",
    text: "URL/load/healthz: running",
    paths: ["/load/healthz"],
  });
});

test("checkHealth() takes no other answer for health", async () => {
  assert.deepEqual(
    [(await ask(500, "{}")).text, (await ask(200, "<html>")).text, (await ask(200, '{"ok":true}')).kind],
    ["URL/load/healthz answered 500", "URL/load/healthz answered 200, and no state of a run", "unhealthy"],
  );
  assert.match((await ask(200, undefined, 0.1)).text, /did not answer within 0.1 s/);
  const closed = await checkHealth({ url: "http://127.0.0.1:1", timeoutSeconds: 20 }, none);
  assert.match(closed.text, /cannot be reached/);
});
