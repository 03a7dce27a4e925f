/**
 * The systems that `scripts/bench/http.ts` loads: the small counting server if there is a C compiler, else nginx, and nginx for
 * TLS and large bodies. Each counts what it has answered; only its count is believed.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findTool } from "../../tests/support/requirements.ts";
import { jsonAnswer } from "./json_traffic.ts";

export const LARGE_BYTES = 1_000_000;

export interface BenchSystem extends Disposable {
  readonly name: string;
  /** Where the load goes. */
  readonly url: string;
  readonly pid: number;
  /** Requests answered so far. */
  count(): Promise<number>;
}

export const SYSTEM_KINDS = ["small", "1kb", "100kb", "json", "tls", "large"] as const;
export type SystemKind = (typeof SYSTEM_KINDS)[number];

/** The answers that the small server gives in place of its own. */
const ANSWERS: Readonly<Partial<Record<SystemKind, () => Uint8Array>>> = {
  "1kb": () => textAnswer(1_000),
  "100kb": () => textAnswer(100_000),
  json: jsonAnswer,
};

/**
 * Undefined with a reason on the console if this machine cannot. `core`: that the server is pinned to; `answer`: a whole answer, head
 * included, that the small one gives instead of its own.
 */
export async function openBenchSystem(
  kind: SystemKind,
  core: number | undefined,
  answer: Uint8Array | undefined = ANSWERS[kind]?.(),
): Promise<BenchSystem | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-bench-"));
  const discard = () => rmSync(folder, { recursive: true, force: true });
  const compiler = findTool("cc") ?? findTool("gcc");
  const nginx = findTool("nginx");
  const isSmall = kind === "small" || ANSWERS[kind] !== undefined;
  if (isSmall && compiler !== undefined) {
    const program = join(folder, "count_server");
    execFileSync(compiler, ["-O2", "-o", program, fileURLToPath(new URL("./count_server.c", import.meta.url))]);
    const port = await freePort();
    const file = join(folder, "answer");
    if (answer !== undefined) writeFileSync(file, answer);
    const child = start(program, [String(port), ...(answer === undefined ? [] : [file])], core);
    const count = async () => Number(await askText(`http://127.0.0.1:${port}/count`));
    await answering(count);
    return {
      name: "count_server.c",
      url: `http://127.0.0.1:${port}/`,
      pid: child.pid ?? 0,
      count,
      [Symbol.dispose]: () => end(child, discard),
    };
  }
  const missing = ANSWERS[kind] !== undefined
    ? "a C compiler"
    : nginx === undefined
    ? "nginx"
    : kind === "tls" && findTool("openssl") === undefined
    ? "openssl"
    : undefined;
  if (nginx === undefined || missing !== undefined) {
    console.log(`${kind}: skipped, ${missing} is not installed`);
    discard();
    return undefined;
  }
  const [port, tlsPort] = [await freePort(), await freePort()];
  writeNginx(folder, port, tlsPort, kind);
  const child = start(nginx, ["-p", folder, "-c", join(folder, "nginx.conf")], core);
  const count = async () => {
    const status = await askText(`http://127.0.0.1:${port}/count`);
    return Number(/^\s*\d+ \d+ (\d+)/m.exec(status)?.[1] ?? 0);
  };
  await answering(count);
  const path = kind === "large" ? "/large.bin" : "/";
  const url = kind === "tls" ? `https://127.0.0.1:${tlsPort}/` : `http://127.0.0.1:${port}${path}`;
  return { name: "nginx", url, pid: child.pid ?? 0, count, [Symbol.dispose]: () => end(child, discard) };
}

function textAnswer(bodyBytes: number): Uint8Array {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${bodyBytes}\r\n\r\n`;
  return new TextEncoder().encode(head + "x".repeat(bodyBytes));
}

function writeNginx(folder: string, port: number, tlsPort: number, kind: SystemKind): void {
  mkdirSync(join(folder, "www"));
  if (kind === "large") writeFileSync(join(folder, "www", "large.bin"), new Uint8Array(LARGE_BYTES));
  if (kind === "tls") {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "tls.key"];
    const args = ["req", "-x509", ...key, "-out", "tls.pem", "-days", "2", "-subj", "/CN=localhost"];
    execFileSync(findTool("openssl") ?? "openssl", args, { cwd: folder, stdio: "ignore" });
  }
  const tls = kind === "tls"
    ? `server { listen 127.0.0.1:${tlsPort} ssl; ssl_certificate ${folder}/tls.pem; ssl_certificate_key ${folder}/tls.key;
        ssl_protocols TLSv1.3; location / { return 200 "hello, world!"; } }`
    : "";
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; master_process off; pid nginx.pid; error_log stderr crit; worker_rlimit_nofile 20000;
events { worker_connections 4096; }
http {
  access_log off; root www; default_type text/plain; keepalive_requests 100000000; sendfile on;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server {
    listen 127.0.0.1:${port};
    location = /count { stub_status; }
    location = / { return 200 "hello, world!"; }
  }
  ${tls}
}`,
  );
}

/** Starts a program, on one core if that is possible. */
export function start(program: string, args: readonly string[], core: number | undefined): ChildProcess {
  const taskset = core === undefined ? undefined : findTool("taskset");
  const [command, words] = taskset === undefined ? [program, args] : [taskset, ["-c", String(core), program, ...args]];
  return spawn(command, words, { stdio: "ignore" });
}

function end(child: ChildProcess, discard: () => void): void {
  child.kill("SIGKILL");
  discard();
}

async function answering(count: () => Promise<number>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      await count();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25)); // not listening yet
    }
  }
  throw new Error("Cannot reach the system under test: it does not answer /count");
}

async function askText(url: string): Promise<string> {
  return await (await fetch(url, { keepalive: false })).text();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
