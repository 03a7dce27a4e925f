/** `--phases`: where a response time went. Each phase is made slow by a server that does only that, and found in its column. */
import assert from "node:assert/strict";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { test } from "node:test";
import { openCertificates } from "../support/certificates.ts";
import { requireTool } from "../support/requirements.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

/** Far apart, so that a busy machine may be late by much and each delay is still found in its own column. */
const TLS_MS = 500;
const WAITING_MS = 1000;
const RECEIVING_MS = 1500;
/** Less than the smallest difference between two of the delays, and between one of them and none. */
const TOLERANCE_MS = 450;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** A proxy that keeps the client's first words for a while: a slow handshake. */
function openSlowHandshake(port: number): Server {
  return createServer((outer) => {
    const inner = connect(port, "127.0.0.1");
    let held = true;
    const kept: Uint8Array[] = [];
    outer.on("data", (bytes: Uint8Array) => held ? kept.push(bytes) : inner.write(bytes));
    setTimeout(() => {
      held = false;
      for (const bytes of kept) inner.write(bytes);
    }, TLS_MS);
    inner.pipe(outer);
    outer.on("close", () => inner.destroy()).on("error", () => inner.destroy());
    inner.on("error", () => outer.destroy());
  });
}

/** Column → mean in ms, of one row of the table of phases. */
function readPhases(stdout: string, name: string): Record<string, number> {
  const table = stdout.split("Phases of the requests")[1]?.split("\n\n")[0] ?? "";
  const [, header = "", , ...rows] = table.split("\n");
  const row = rows.find((line) => line.includes(` ${name} `)) ?? "";
  const phases = header.trim().split(/\s+/).slice(2);
  const cells = [...row.slice(row.indexOf(name) + name.length).matchAll(/([\d.]+) \/ [\d.]+|-(?=\s|$)/g)];
  return Object.fromEntries(phases.map((phase, i) => [phase, Number(cells[i]?.[1] ?? NaN)]));
}

test("--phases finds what was slow: handshake, answer, body, and the wait for a connection", {
  skip: requireTool("openssl"),
}, async () => {
  using certificates = openCertificates();
  const { cert, key } = certificates.issue("server", "DNS:localhost");
  const secure = createSecureServer({ cert, key }, (_request, response) => {
    setTimeout(() => {
      response.writeHead(200, { "Content-Length": "2" });
      response.write("o");
      setTimeout(() => response.end("k"), RECEIVING_MS);
    }, WAITING_MS);
  });
  const slowHandshake = openSlowHandshake(await listen(secure));
  const port = await listen(slowHandshake);
  const cwd = writeFiles({
    "locustfile.ts": `
import { FastHttpUser, task } from "locust-ts";
export class Patient extends FastHttpUser {
  static override concurrency = 1;
  @task async all() {
    const first = this.client.get("/first");
    await Promise.all([first, this.client.get("/second")]);
    this.environment.runner.quit();
    await this.sleep(60);
  }
}`,
  });
  try {
    const args = ["run", "locustfile.ts", "-H", `https://127.0.0.1:${port}`, "--phases", "--only-summary"];
    const { stdout, stderr } = await runCli(args, { cwd });
    const first = readPhases(stdout, "/first");
    const second = readPhases(stdout, "/second");
    const isAbout = (actual: number | undefined, expected: number, what: string) =>
      assert.ok(Math.abs((actual ?? NaN) - expected) <= TOLERANCE_MS, `${what} is ${actual}\n${stdout}${stderr}`);
    isAbout(first["tls"], TLS_MS, "TLS of the first");
    isAbout(first["waiting"], WAITING_MS, "waiting of the first");
    isAbout(first["receiving"], RECEIVING_MS, "download of the first");
    isAbout(second["blocked"], TLS_MS + WAITING_MS + RECEIVING_MS, "the second's wait for a connection");
    isAbout(second["waiting"], WAITING_MS, "waiting of the second");
    for (const [name, phases] of [["/first", first], ["/second", second]] as const) {
      const sum = Object.values(phases).filter((ms) => !Number.isNaN(ms)).reduce((total, ms) => total + ms, 0);
      const responseMs = Number(new RegExp(`GET +${name} +1 +0\\(0.00%\\) \\| +([\\d.]+)`).exec(stdout)?.[1]);
      assert.ok(Math.abs(sum - responseMs) <= 5, `phases of ${name} sum up to ${sum} of ${responseMs} ms\n${stdout}`);
    }
  } finally {
    slowHandshake.close();
    secure.close();
    secure.closeAllConnections();
  }
});
