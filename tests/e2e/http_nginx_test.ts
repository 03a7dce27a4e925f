/** Both clients in a locustfile, run by the executable against a real nginx: what a user sees of HTTP, TLS, proxies and pools. */
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type CertificateFolder, openCertificates } from "../support/certificates.ts";
import { requireTool } from "../support/requirements.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";
import { openProgram, type ServerProgram } from "../support/server_program.ts";

const TEXT = "All work and no play makes a dull test. ".repeat(2000);
const NEEDED = { skip: requireTool("nginx", "openssl") };

/** Ports: plain, HTTPS with client certificates, and one that forwards absolute-form requests. */
function openNginx(certificates: CertificateFolder): Promise<ServerProgram> {
  const server = certificates.issue("server", "DNS:localhost,IP:127.0.0.1");
  return openProgram("nginx", (folder, [plain, secure, proxy]) => {
    mkdirSync(join(folder, "www"));
    writeFileSync(join(folder, "www", "text.txt"), TEXT);
    writeFileSync(join(folder, "www", "one.bin"), new Uint8Array(1_000_000).fill(0x78));
    appendFileSync(
      join(folder, "nginx.conf"),
      `daemon off; master_process off; pid nginx.pid; error_log stderr crit; user root;
events { worker_connections 256; }
http {
  log_format short '$connection $remote_addr "$request" $status "$http_proxy_authorization"';
  access_log off; root www; default_type text/plain;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  gzip on; gzip_min_length 100; gzip_types text/plain;
  server {
    listen 127.0.0.1:${plain}; keepalive_requests 100; client_max_body_size 4m;
    location / { access_log access.log short; }
    location /status { access_log access.log short; return 200 "$request_method"; }
    location /empty { access_log access.log short; return 204; }
    location /moved { access_log access.log short; return 302 /status; }
    location /stub { stub_status; }
  }
  server {
    listen 127.0.0.1:${secure} ssl; ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate ${server.certPath}; ssl_certificate_key ${server.keyPath};
    ssl_client_certificate ${certificates.authority.certPath}; ssl_verify_client optional;
    location / { return 200 "$ssl_client_verify $ssl_client_s_dn $ssl_server_name $ssl_session_reused"; }
  }
  server {
    listen 127.0.0.1:${proxy};
    location / { access_log proxy.log short; proxy_pass http://127.0.0.1:${plain}; }
  }
}`,
    );
    return ["-p", folder, "-c", join(folder, "nginx.conf")];
  }, 3);
}

function logLines(nginx: ServerProgram, name = "access.log"): string[] {
  return readFileSync(join(nginx.folder, name), "utf8").split("\n").filter((line) => line !== "");
}

interface Entry {
  readonly method: string;
  readonly name: string;
  readonly num_requests: number;
  readonly num_failures: number;
}

function counts(stdout: string): Record<string, string> {
  const entries = JSON.parse(stdout) as Entry[];
  return Object.fromEntries(
    entries.map((entry) => [`${entry.method} ${entry.name}`, `${entry.num_requests}/${entry.num_failures}`]),
  );
}

const FAST_RUN = `
import { FastHttpUser, HttpUser, task } from "locust-ts";
export class Fast extends FastHttpUser {
  @task async status() { await this.client.get("/status"); }
}
`;

test("a run at full speed equals nginx's log, over its limit of requests per connection", NEEDED, async () => {
  using certificates = openCertificates();
  await using nginx = await openNginx(certificates);
  const cwd = writeFiles({ "locustfile.ts": FAST_RUN });
  const base = `http://127.0.0.1:${nginx.ports[0]}`;
  const args = ["run", "locustfile.ts", "-H", base, "-u", "20", "-r", "1000", "-t", "2s", "--json", "--only-summary"];
  const before = logLines(nginx).length;
  const { stdout, stderr } = await runCli(args, { cwd });
  const seen = logLines(nginx).length - before;
  assert.deepEqual(counts(stdout), { "GET /status": `${seen}/0` }, stderr);
  assert.ok(seen > 2000, `only ${seen} requests: connections were hardly renewed`);
});

for (const client of ["HttpUser", "FastHttpUser"] as const) {
  const everyday = `
import { writeFileSync } from "node:fs";
import { ${client}, task } from "locust-ts";
export class Everyday extends ${client} {
  @task async all() {
    const { client } = this;
    const seen: Record<string, unknown> = {};
    const text = await client.get("/text.txt");
    seen.text = (await text.text()).length;
    seen.coding = text.headers.get("content-encoding");
    const moved = await client.get("/moved");
    seen.moved = [moved.status, await moved.text(), moved.history.length, moved.url.endsWith("/status")];
    seen.manual = (await client.get("/moved", { redirect: "manual", name: "manual" })).status;
    seen.empty = (await client.get("/empty")).status;
    seen.head = (await client.head("/text.txt")).status;
    seen.missing = (await client.get("/missing")).error?.message;
    seen.large = (await (await client.get("/one.bin")).bytes()).length;
    const streamed = await client.get("/text.txt", { stream: true, name: "streamed" });
    seen.streamed = (await streamed.text()).length;
    { await using res = await client.get("/missing", { catchResponse: true, name: "expected" }); res.success(); }
    await client.get("/status", { name: "block", catchResponse: (res) => res.failure("not good") });
    seen.post = await (await client.post("/status", { json: { a: 1 } })).text();
    const pieces = ReadableStream.from([new Uint8Array(1_000_000), new Uint8Array(1_000_000)]);
    seen.upload = await (await client.post("/status", { body: pieces, name: "upload" })).text();
    const { status } = await client.fetch(client.baseUrl + "/status");
    seen.fetch = status;
    let lines = 0;
    for await (const _line of client.iterLines("/text.txt", { name: "lines" })) lines++;
    seen.lines = lines;
    writeFileSync("seen.json", JSON.stringify(seen));
    this.environment.runner.quit();
    await this.sleep(60);
  }
}`;
  test(`${client}: bodies, redirects, streams, blocks and fetch against nginx`, NEEDED, async () => {
    using certificates = openCertificates();
    await using nginx = await openNginx(certificates);
    const cwd = writeFiles({ "locustfile.ts": everyday });
    const base = `http://127.0.0.1:${nginx.ports[0]}`;
    const before = logLines(nginx).length;
    const { stdout, stderr } = await runCli(["run", "locustfile.ts", "-H", base, "--json", "--only-summary"], { cwd });
    const seen = JSON.parse(readFileSync(join(cwd, "seen.json"), "utf8"));
    assert.deepEqual(seen, {
      text: TEXT.length,
      coding: "gzip",
      moved: [200, "GET", 1, true],
      manual: 302,
      empty: 204,
      head: 200,
      missing: "HttpError 404 Not Found",
      large: 1_000_000,
      streamed: TEXT.length,
      post: "POST",
      upload: "POST",
      fetch: 200,
      lines: 1,
    }, stderr);
    const rows = counts(stdout);
    const fetched = client === "HttpUser" ? {} : { [`GET ${base}/status`]: "1/0" };
    assert.deepEqual(rows, {
      "GET /text.txt": "1/0",
      "GET /moved": "1/0",
      "GET manual": "1/0",
      "GET /empty": "1/0",
      "HEAD /text.txt": "1/0",
      "GET /missing": "1/1",
      "GET /one.bin": "1/0",
      "GET streamed": "1/0",
      "GET expected": "1/0",
      "GET block": "1/1",
      "POST /status": "1/0",
      "POST upload": "1/0",
      "GET lines": "1/0",
      ...client === "HttpUser" ? { "GET /status": "1/0" } : fetched,
    }, stderr);
    // One sample for a chain of two, else the same on both sides.
    assert.equal(logLines(nginx).length - before, Object.keys(rows).length + 1);
  });

  const tls = `
import { readFileSync, writeFileSync } from "node:fs";
import { ${client}, task } from "locust-ts";
const [ca, cert, key] = ["CA", "CERT", "KEY"].map((name) => readFileSync(process.env[name]!, "utf8"));
export class Secure extends ${client} {
  static override insecure = false;
  @task async all() {
    const { client } = this;
    const seen: Record<string, unknown> = {};
    seen.untrusted = (await client.get("/a")).error?.message;
    const known = await client.get("/b", { tls: { ca } });
    seen.trusted = await known.text();
    seen.certified = await (await client.get("/c", { tls: { ca, cert, key } })).text();
    seen.careless = (await client.get("/d", { tls: { verify: false } })).status;
    seen.otherName = (await client.get("/e", { tls: { ca, serverName: "elsewhere.test" } })).error?.message;
    client.tls = { ca, cert, key };
    seen.ofUser = await (await client.get("/f")).text();
    seen.plain = (await client.get(client.baseUrl.replace("https:", "http:") + "/g", { name: "/g" })).status;
    writeFileSync("seen.json", JSON.stringify(seen));
    this.environment.runner.quit();
    await this.sleep(60);
  }
}`;
  test(`${client}: TLS verified, by request and by user, with client certificates`, NEEDED, async () => {
    using certificates = openCertificates();
    await using nginx = await openNginx(certificates);
    const ada = certificates.issue("ada", "DNS:ada.test");
    const cwd = writeFiles({ "locustfile.ts": tls });
    const env = { CA: certificates.authority.certPath, CERT: ada.certPath, KEY: ada.keyPath };
    const base = `https://localhost:${nginx.ports[1]}`;
    const { stdout, stderr } = await runCli(["run", "locustfile.ts", "-H", base, "--only-summary"], { cwd, env });
    const seen = JSON.parse(readFileSync(join(cwd, "seen.json"), "utf8"));
    assert.match(seen.untrusted, /^TlsError\([A-Z_]+\)$/, stdout + stderr);
    assert.match(seen.trusted, /^NONE {2}localhost/);
    assert.match(seen.certified, /^SUCCESS CN=ada localhost/);
    assert.equal(seen.careless, 200);
    assert.match(seen.otherName, /^TlsError\([A-Z_]+\)$/);
    assert.match(seen.ofUser, /^SUCCESS CN=ada localhost/);
    assert.equal(seen.plain, 400);
    assert.match(stdout, /GET \/a: TlsError\([A-Z_]+\)\n/);
    assert.doesNotMatch(stdout.split("Error report")[1] ?? "", /127\.0\.0\.1|localhost/);
  });

  const places = `
import { writeFileSync } from "node:fs";
import { ${client}, ClientPool, task } from "locust-ts";
export class Proxied extends ${client} {
  static override fixedCount = 1;
  static override proxy = "http://ada:s%33cret@127.0.0.1:" + process.env.PROXY;
  @task async once() { await this.client.get("/status?proxied"); await this.sleep(60); }
}
export class Elsewhere extends ${client} {
  static override fixedCount = 1;
  override onStart() { this.client.sourceAddress = "127.0.0.2"; }
  @task async once() { await this.client.get("/status?elsewhere"); await this.sleep(60); }
}
export class Pooled extends ${client} {
  static override fixedCount = 4;
  static override clientPool = new ClientPool({ concurrency: 1 });
  @task async once() { for (let i = 0; i < 5; i++) await this.client.get("/status?pooled"); await this.sleep(60); }
}`;
  test(`${client}: a proxy with credentials, a source address, a pool for the class`, NEEDED, async () => {
    using certificates = openCertificates();
    await using nginx = await openNginx(certificates);
    const cwd = writeFiles({ "locustfile.ts": places });
    const base = `http://127.0.0.1:${nginx.ports[0]}`;
    const args = ["run", "locustfile.ts", "-H", base, "-u", "6", "-r", "50", "-t", "2s", "--processes", "1", "--json"];
    const { stdout, stderr } = await runCli(args, { cwd, env: { PROXY: String(nginx.ports[2]) } });
    assert.deepEqual(counts(stdout), {
      "GET /status?elsewhere": "1/0",
      "GET /status?pooled": "20/0",
      "GET /status?proxied": "1/0",
    }, stderr);
    const proxied = logLines(nginx, "proxy.log").filter((line) => line.includes("?proxied"));
    assert.equal(proxied.length, 1);
    assert.match(
      proxied[0]!,
      /"GET http:\/\/127\.0\.0\.1:\d+\/status\?proxied HTTP\/1\.1" 200 "Basic YWRhOnMzY3JldA=="/,
    );
    assert.match(logLines(nginx).find((line) => line.includes("?elsewhere"))!, /^\d+ 127\.0\.0\.2 /);
    const pooled = logLines(nginx).filter((line) => line.includes("?pooled")).map((line) => line.split(" ")[0]);
    assert.equal(pooled.length, 20);
    assert.equal(new Set(pooled).size, 1, "four users, one connection");
  });
}
