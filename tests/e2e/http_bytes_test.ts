/**
 * What a run sends, byte for byte and option for option: bytes above 0x7f that came in go out as they were, names of servers and
 * not their addresses are told in TLS, uploads without a file name, slashes, and options that have an obvious meaning.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { openCertificates } from "../support/certificates.ts";
import { openHttpSystem, type Page } from "../support/http_system.ts";
import { requireTool } from "../support/requirements.ts";
import { type CliResult, runCli, writeFiles } from "../support/run_cli.ts";

/** Runs the body once with each client. What it prints after `SAID` is what the test reads. */
async function runOnce(host: string, body: string, args: readonly string[] = []): Promise<CliResult> {
  const cwd = writeFiles({
    "locustfile.ts": `import { FastHttpUser, HttpUser, StopUser, task } from "locust-ts";
async function once(client: any, kind: string) { ${body} }
export class Full extends HttpUser { @task async once() { await once(this.client, "full"); throw new StopUser(); } }
export class Fast extends FastHttpUser { @task async once() { await once(this.client, "fast"); throw new StopUser(); } }`,
  });
  const run = [
    "run",
    "locustfile.ts",
    "-H",
    host,
    "-u",
    "2",
    "-r",
    "100",
    "-t",
    "1s",
    "--processes",
    "1",
    "--journal",
    "none",
  ];
  const result = await runCli([...run, "--only-summary", ...args], { cwd });
  assert.doesNotMatch(result.stdout, /User exceptions/, result.stdout + result.stderr);
  return result;
}

function said({ stdout }: CliResult): string[] {
  return [...stdout.matchAll(/^SAID (.*)$/gm)].map((match) => match[1] ?? "").sort();
}

test("bytes above 0x7f of a cookie and an ETag go out as they came in", async () => {
  const bytes = Buffer.from([0x66, 0xfc, 0x72, 0xe2, 0x82, 0xac]).toString("latin1");
  const give: Page = (_request, response) => {
    response.setHeader("Set-Cookie", `who=${bytes}`);
    response.setHeader("ETag", `"${bytes}"`);
    response.end("given");
  };
  await using system = await openHttpSystem({ "/give": give });
  const { code, stderr } = await runOnce(
    system.url,
    `const given = await client.get("/give");
     await client.get("/back", { headers: { "If-None-Match": given.headers.get("etag") } });`,
  );
  assert.equal(code, 0, stderr);
  const back = system.seen.filter(({ url }) => url === "/back");
  assert.equal(back.length, 2);
  for (const { headers } of back) {
    assert.equal(headers["cookie"], `who=${bytes}`);
    assert.equal(headers["if-none-match"], `"${bytes}"`);
  }
});

test("uploads: a Blob without a name is sent as browsers do, a File keeps its own", async () => {
  await using system = await openHttpSystem();
  const { code, stderr } = await runOnce(
    system.url,
    `const form = new FormData();
     form.append("plain", new Blob(["one"]));
     form.append("named", new File(["two"], "two.txt", { type: "text/plain" }));
     form.append("renamed", new Blob(["three"]), "drei.bin");
     await client.post("/upload", { body: form });
     await client.put("/blob", { body: new Blob(["raw"], { type: "text/csv" }) });`,
  );
  assert.equal(code, 0, stderr);
  for (const { url, body, headers } of system.seen) {
    const text = Buffer.from(body).toString();
    if (url === "/blob") {
      assert.deepEqual([text, headers["content-type"]], ["raw", "text/csv"]);
      continue;
    }
    const names = [...text.matchAll(/name="(\w+)"; filename="(.*?)"/g)].map(([, field, file]) => `${field} ${file}`);
    assert.deepEqual(names, ["plain blob", "named two.txt", "renamed drei.bin"], text);
  }
  assert.equal(system.seen.length, 4);
});

for (const base of ["", "/", "/shop/v1", "/shop/v1/"]) {
  test(`a base URL that ends in "${base}" and a path give one slash`, async () => {
    await using system = await openHttpSystem();
    await runOnce(`${system.url}${base}`, `for (const path of ["/a", "/c//d", "/"]) await client.get(path);`);
    const folder = base.replace(/\/$/, "");
    const urls = ["/", "/a", "/c//d"].map((path) => `${folder}${path}`);
    assert.deepEqual(system.seen.map(({ url }) => url).sort(), urls.flatMap((url) => [url, url]));
  });
}

test("options with an obvious meaning are done; of any other type they are refused by name, and nothing is sent", async () => {
  await using system = await openHttpSystem();
  const { code, stdout, stderr } = await runOnce(
    system.url,
    `const pairs = new FormData();
     pairs.append("a", "1");
     for (const params of ["?a=1", [["a", 1]], new URLSearchParams("a=1"), new Map([["a", 1]]), pairs, { a: 1, b: undefined }]) {
       await client.get("/params", { params });
       await client.post("/form", { form: typeof params === "string" ? "a=1" : params });
     }
     const wrong: Record<string, object> = {
       params: { params: 7 }, "params.a": { params: { a: { b: 1 } } }, form: { form: () => "a=1" }, json: { json: 10n },
       body: { body: { a: 1 } }, "cookie": { cookies: { c: undefined } }, cookies: { cookies: "c=1" }, header: { headers: { "X-A": null } },
       headers: { headers: "X-A: 1" }, timeout: { timeout: "3" }, "timeout list": { timeout: [3, 27] },
       "timeout.read": { timeout: { read: 3 } }, tls: { tls: "none" }, "tls.rejectUnauthorized": { tls: { rejectUnauthorized: false } },
       allowRedirects: { allowRedirects: "no" }, verify: { verify: false }, data: { data: "a=1" }, name: { name: { path: "/x" } },
       auth: { auth: "ada:secret" }, stream: { stream: 1 }, signal: { signal: {} }, context: { context: "x" },
     };
     for (const [what, options] of Object.entries(wrong)) {
       try {
         await client.post("/wrong", options);
         console.log("SAID sent", what);
       } catch (error) {
         if (kind === "full") console.log("SAID " + what + " | " + (error as Error).message);
       }
     }`,
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual([...new Set(system.seen.map(({ url }) => url))].sort(), ["/form", "/params?a=1"]);
  assert.ok(system.seen.every(({ url, body }) => url !== "/form" || Buffer.from(body).toString() === "a=1"));
  assert.equal(system.seen.length, 24);
  const refused = [...stdout.matchAll(/^SAID (.*?) \| (.*)$/gm)];
  assert.equal(refused.length, 22, stdout);
  for (const [, what = "", message = ""] of refused) {
    const word = what.split(/[ .]/)[0] ?? "";
    assert.match(message, new RegExp(`^Cannot .*${word}.*(;|nor|cannot be written)`), message);
  }
});

test("fetch with a signal's time limit rejects with its TimeoutError, an abort with its reason", async () => {
  await using system = await openHttpSystem({ "/never": () => {} });
  const result = await runOnce(
    system.url,
    `const late = await client.fetch("/never", { signal: AbortSignal.timeout(100) }).catch((error: unknown) => error);
     console.log("SAID", late instanceof DOMException, late.name);
     const control = new AbortController();
     setTimeout(() => control.abort(new RangeError("enough")), 100);
     const left = await client.fetch("/never", { signal: control.signal }).catch((error: unknown) => error);
     console.log("SAID", left.name, left.message);
     const page = await client.get(new URL("/page", client.baseUrl));
     console.log("SAID", page.status);`,
    ["--exit-code-on-error", "0"],
  );
  assert.deepEqual(said(result), [
    "200",
    "200",
    "RangeError enough",
    "RangeError enough",
    "true TimeoutError",
    "true TimeoutError",
  ]);
  // The time limit is an answer that did not come, the abort is the locustfile's own.
  assert.match(result.stdout, /GET +\/never +2 +2\(100\.00%\)/);
  assert.match(result.stdout, /2 requests were aborted/);
});

test("TLS: a host is named to the server, an address is not; a CA that cannot be read is a TlsError with the reason", {
  skip: requireTool("openssl"),
}, async () => {
  using folder = openCertificates();
  const { cert, key } = folder.issue("node", "DNS:localhost,IP:127.0.0.1");
  const names: unknown[] = [];
  const server = createTlsServer({ cert, key }, (request, response) => {
    names.push((request.socket as TLSSocket & { servername?: unknown }).servername || "none");
    response.end("ok");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  try {
    const result = await runOnce(
      `https://localhost:${port}`,
      `const { readFileSync } = await import("node:fs");
       const ca = readFileSync(${JSON.stringify(folder.authority.certPath)}, "utf8");
       await client.get("/", { tls: { ca } });
       await client.get("https://127.0.0.1:${port}/", { tls: { ca } });
       for (const bad of ["-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----", "no PEM"]) {
         const res = await client.get("/bad", { tls: { ca: bad, verify: true } });
         console.log("SAID", res.status, res.error?.name, res.error?.message);
       }`,
      ["--exit-code-on-error", "0"],
    );
    assert.deepEqual(names.map(String).sort(), ["localhost", "localhost", "none", "none"], result.stdout);
    assert.deepEqual(said(result), Array(4).fill("0 TlsError TlsError(INVALID_CA_FILE)"), result.stdout);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
