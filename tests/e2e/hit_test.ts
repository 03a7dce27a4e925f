/** `locust-ts hit`: load without a locustfile, counted by the system that it hits. */
import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { openCertificates } from "../support/certificates.ts";
import { startDemo } from "../support/demo.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { runCli } from "../support/run_cli.ts";

const QUIET = { latency: { kind: "fixed", ms: 1 }, errorRate: 0 } as const;

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Answers 200 to everything and remembers what it was asked. */
async function startListener(): Promise<AsyncDisposable & { readonly url: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => body += String(chunk));
    request.on("end", () => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a URL is loaded, with every request counted and a verdict", async () => {
  await using demo = await startDemo(QUIET);
  const TMPDIR = makeKeptFolder(); // what is left there is its own
  const { code, stdout, stderr } = await runCli(["hit", `${demo.url}/items`, "-c", "5", "-z", "2s"], {
    env: { TMPDIR },
  });
  assert.equal(code, 0, stderr);
  const requests = Number(/GET\s+\/items\s+(\d+) +0\(0\.00%\)/.exec(stdout)?.[1]);
  assert.ok(requests > 0, stdout);
  assert.equal(requests, demo.requests().total);
  assert.match(stdout, /Verdict: /);
  assert.deepEqual(readdirSync(TMPDIR).filter((name) => existsSync(join(TMPDIR, name, "hit.ts"))), []);
});

test("method, headers, body and authentication arrive as typed", async () => {
  await using listener = await startListener();
  const cwd = makeKeptFolder();
  writeFileSync(join(cwd, "order.json"), '{"item":"ü"}');
  const { code, stderr } = await runCli(
    [
      "hit",
      `${listener.url}/orders?a=1`,
      "-X",
      "PATCH",
      "-d",
      "@order.json",
      "-H",
      "X-Tenant: b",
      "-a",
      "ada:x:y",
      "-u",
      "1",
      "-t",
      "1s",
    ],
    { cwd },
  );
  assert.equal(code, 0, stderr);
  const [first] = listener.seen;
  assert.deepEqual([first?.method, first?.url, first?.body], ["PATCH", "/orders?a=1", '{"item":"ü"}']);
  assert.equal(first?.headers["x-tenant"], "b");
  assert.equal(first?.headers["content-type"], "application/json");
  assert.equal(first?.headers.authorization, `Basic ${btoa("ada:x:y")}`);
});

test("a list of vegeta is requested in turn", async () => {
  await using listener = await startListener();
  const cwd = makeKeptFolder();
  writeFileSync(join(cwd, "body.txt"), "hello");
  writeFileSync(
    join(cwd, "targets.txt"),
    `# two requests\nPOST ${listener.url}/a\nX-A: 1\n@body.txt\n\nGET ${listener.url}/b\n`,
  );
  const { code, stderr } = await runCli(["hit", "--targets", "targets.txt", "-u", "1", "-t", "1s"], { cwd });
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    listener.seen.slice(0, 4).map(({ method, url, body }) => `${method} ${url} ${body}`),
    ["POST /a hello", "GET /b ", "POST /a hello", "GET /b "],
  );
  assert.equal(listener.seen[0]?.headers["x-a"], "1");
});

test("the printed locustfile does the same when it is run", async () => {
  await using demo = await startDemo(QUIET);
  const cwd = makeKeptFolder();
  const printed = await runCli(["hit", `${demo.url}/items`, "--print-locustfile"], { cwd });
  assert.equal(printed.code, 0, printed.stderr);
  writeFileSync(join(cwd, "locustfile.ts"), printed.stdout);
  const { code, stdout, stderr } = await runCli(["run", "locustfile.ts", "-t", "1s"], { cwd });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /GET\s+\/items\s+[1-9]\d* +0\(0\.00%\)/);
});

test("the printed locustfile sends the same requests, whatever they are made of", async () => {
  await using listener = await startListener();
  const cwd = makeKeptFolder();
  writeFileSync(join(cwd, "raw.bin"), Uint8Array.of(0xff, 0, 1));
  writeFileSync(join(cwd, "list.txt"), `POST ${listener.url}/l\nX-L: 1\n@raw.bin\n\n${listener.url}/m\n`);
  const amount = ["-n", "4", "-c", "1"];
  const commands: readonly (readonly string[])[] = [
    [`${listener.url}/a b?x=ü#f`, "-X", "purge", "-d", 'ü </script> ${x} `\\"', "-H", "A: 1", "-H", "a: 2", "-H", "E:"],
    [`${listener.url}/a`, "-a", "a'b:p\"w\\x", "-d", "@raw.bin", "--no-keepalive", "--timeout", "9"],
    ["--targets", "list.txt", `${listener.url}/n`, "-H", "X-L: 2", "-d", "a=1&b=2", "-T", "x/y"],
  ];
  for (const command of commands) {
    const seen = async (args: readonly string[]) => {
      const from = listener.seen.length;
      const { code, stderr } = await runCli(args, { cwd });
      assert.equal(code, 0, stderr);
      return listener.seen.slice(from);
    };
    const hit = await seen(["hit", ...command, ...amount]);
    assert.equal(hit.length, 4);
    const { stdout } = await runCli(["hit", ...command, "--print-locustfile"], { cwd });
    writeFileSync(join(cwd, "printed.ts"), stdout);
    assert.deepEqual(await seen(["run", "printed.ts", "-u", "1", "--iterations", "4"]), hit);
  }
});

test("a certificate that nobody signed fails with its name, and -k accepts it", async () => {
  using certificates = openCertificates();
  const { cert, key } = certificates.selfSigned("wrong", "DNS:wrong.test");
  const server = createTlsServer({ cert, key }, (_request, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/a`;
    const refused = await runCli(["hit", url, "-n", "3", "-c", "1"]);
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stdout, /3 +GET \/a: TlsError\(\w+\)/);
    const accepted = await runCli(["hit", url, "-n", "3", "-c", "1", "-k"]);
    assert.equal(accepted.code, 0, accepted.stderr);
    assert.match(accepted.stdout, /^200 +3 100\.00%$/m);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("files and thresholds of a run work: what fails ends with exit code 3", async () => {
  await using demo = await startDemo(QUIET);
  const cwd = makeKeptFolder();
  const { code, stderr } = await runCli(
    ["hit", `${demo.url}/items`, "-u", "2", "-t", "1s", "--threshold", "p50<0.001", "--summary-file", "s.json"],
    { cwd },
  );
  assert.equal(code, 3, stderr);
  const summary = JSON.parse(readFileSync(join(cwd, "s.json"), "utf8")) as { readonly run: { readonly host: string } };
  assert.equal(summary.run.host, demo.url);
});

test("a small cluster runs it too: the workers get the locustfile", async () => {
  await using demo = await startDemo(QUIET);
  const { code, stdout, stderr } = await runCli(["hit", `${demo.url}/items`, "-u", "4", "-t", "2s", "--workers", "2"], {
    cwd: makeKeptFolder(),
  });
  assert.equal(code, 0, stderr);
  const requests = Number(/GET\s+\/items\s+(\d+) +0\(0\.00%\)/.exec(stdout)?.[1]);
  assert.equal(requests, demo.requests().total);
});

test("nothing to hit is a mistake that shows how to write it", async () => {
  const { code, stderr } = await runCli(["hit", "-u", "5"]);
  assert.equal(code, 2);
  assert.match(stderr, /^Cannot hit anything: no URL is named; write locust-ts hit http:\/\//);
});

test("--timeout is the limit of a whole request, also of one whose answer comes drop by drop", async () => {
  const drips = new Set<ReturnType<typeof setInterval>>();
  const server = createServer((_request, response) => {
    response.writeHead(200);
    drips.add(setInterval(() => response.write("x"), 50));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { code, stdout, stderr } = await runCli(["hit", url, "-n", "2", "-c", "1", "--timeout", "500ms"]);
    assert.equal(code, 1, stderr);
    assert.match(stdout, /2 +GET \/: Timeout \(total\)/);
  } finally {
    for (const drip of drips) clearInterval(drip);
    server.closeAllConnections();
    server.close();
  }
});

test("wrk2's rate with its connections: so many requests a second, on so many users at most", async () => {
  await using listener = await startListener();
  const { code, stdout, stderr } = await runCli([
    "hit",
    "-t2",
    "-c5",
    "-d2s",
    "-R20",
    "--latency",
    `${listener.url}/a`,
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /20\/s arrivals on at most 5 users/);
  assert.equal(listener.seen.length, Number(/GET\s+\/a\s+(\d+) /.exec(stdout)?.[1]));
});

/** Counts requests, and treats them badly by their path. */
async function startRudeListener(): Promise<AsyncDisposable & { readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    seen.push(request.url ?? "");
    if (request.url === "/away") response.writeHead(302, { location: "/there" }).end();
    else if (request.url === "/reset" && seen.length % 10 === 0) request.socket.resetAndDestroy();
    else response.writeHead(request.url === "/broken" && seen.length % 3 === 0 ? 500 : 200).end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Requests and retries that the run counted. */
async function hitTimes(url: string, args: readonly string[]): Promise<number> {
  const folder = makeKeptFolder();
  const file = join(folder, "out.json");
  const { stderr } = await runCli(["hit", url, ...args, "--exit-code-on-error", "0", "--summary-file", file]);
  const summary = JSON.parse(readFileSync(file, "utf8")) as {
    readonly total: { readonly requests: number };
    readonly run: { readonly stopReason: { readonly kind: string } };
  };
  assert.equal(summary.run.stopReason.kind, "iterations", stderr);
  return summary.total.requests;
}

test("-n: exactly so many requests, with more users than requests, failures and several threads", async () => {
  await using target = await startRudeListener();
  for (const args of [["-n", "3", "-c", "50"], ["-n", "1000", "-c", "10", "--processes", "2"]]) {
    target.seen.length = 0;
    assert.equal(await hitTimes(`${target.url}/broken`, args), Number(args[1]));
    assert.equal(target.seen.length, Number(args[1]));
  }
});

test("-n counts a request with its redirect once, and one that a reset connection cost once", async () => {
  await using target = await startRudeListener();
  assert.equal(await hitTimes(`${target.url}/away`, ["-n", "40", "-c", "4"]), 40);
  assert.deepEqual([target.seen.filter((url) => url === "/away").length, target.seen.length], [40, 80]);
  target.seen.length = 0;
  assert.equal(await hitTimes(`${target.url}/away`, ["-n", "40", "-c", "4", "--no-redirects"]), 40);
  assert.equal(target.seen.length, 40);
  target.seen.length = 0;
  assert.equal(await hitTimes(`${target.url}/reset`, ["-n", "300", "-c", "4"]), 300);
  // What a kept connection lost is sent again, once.
  assert.ok(target.seen.length >= 300 && target.seen.length <= 300 + 40, `${target.seen.length}`);
});
