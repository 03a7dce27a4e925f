/** Large bodies in a locustfile, run by the executable: whatever their size, a stream takes no more memory than its pieces. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { test } from "node:test";
import zlib from "node:zlib";
import { runCli, writeFiles } from "../support/run_cli.ts";

const PIECE = new Uint8Array(1_000_000).map((_, i) => (i * 2654435761) >>> 24 & 0x0f);
const PIECES = 200;
/** Far below 200 MB, far above what allocators and a late collector keep on the way. */
const MOST_BYTES = 110_000_000;

function pieces(): Readable {
  return Readable.from((function* () {
    for (let i = 0; i < PIECES; i++) yield PIECE;
  })());
}

const CODINGS = { gzip: () => zlib.createGzip({ level: 1 }), br: () => zlib.createBrotliCompress(FAST_BROTLI) };
const FAST_BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } };

for (const client of ["HttpUser", "FastHttpUser"] as const) {
  test(`${client} streams 200 MB down, plain and compressed, and up, in constant memory`, async () => {
    let uploaded = 0;
    // The client may be busy for longer than the 5 s after which Node closes an idle connection.
    const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
      request.on("data", (bytes: Uint8Array) => uploaded += bytes.length);
      request.on("end", () => {
        const coding = request.url!.slice(1);
        if (coding === "upload") return response.end("ok");
        const isCoded = coding === "gzip" || coding === "br";
        if (isCoded) response.setHeader("Content-Encoding", coding);
        const whole = isCoded ? pipeline(pieces(), CODINGS[coding](), () => {}) : pieces();
        whole.pipe(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const cwd = writeFiles({
      "locustfile.ts": `
import { writeFileSync } from "node:fs";
import { ${client}, task } from "locust-ts";
export class Large extends ${client} {
  @task async all() {
    const seen: Record<string, unknown> = {};
    const grown = async (run: () => Promise<number>) => {
      Bun.gc(true);
      const before = process.memoryUsage.rss();
      let peak = 0;
      const timer = setInterval(() => peak = Math.max(peak, process.memoryUsage.rss() - before), 5);
      const count = await run();
      clearInterval(timer);
      return { count, peak };
    };
    for (const path of ["plain", "gzip", "br"]) {
      seen[path] = await grown(async () => {
        const res = await this.client.get("/" + path, { stream: true });
        let count = 0;
        for await (const piece of res.body!) count += piece.length;
        return count;
      });
    }
    seen.upload = await grown(async () => {
      const piece = new Uint8Array(250_000);
      let asked = 0;
      const body = new ReadableStream({ pull: (sink) => asked++ < 800 ? sink.enqueue(piece) : sink.close() }, { highWaterMark: 0 });
      return (await this.client.post("/upload", { body })).status;
    });
    writeFileSync("seen.json", JSON.stringify(seen));
    this.environment.runner.quit();
    await this.sleep(60);
  }
}`,
    });
    try {
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { stdout, stderr } = await runCli(["run", "locustfile.ts", "-H", base, "--only-summary"], {
        cwd,
        timeoutMs: 200_000,
      });
      const seen = JSON.parse(readFileSync(join(cwd, "seen.json"), "utf8"));
      for (const path of ["plain", "gzip", "br"]) {
        assert.equal(seen[path].count, PIECE.length * PIECES, stdout + stderr);
      }
      assert.equal(seen.upload.count, 200);
      assert.equal(uploaded, 200_000_000);
      for (const [path, { peak }] of Object.entries<{ peak: number }>(seen)) {
        assert.ok(peak < MOST_BYTES, `${path} grew by ${peak} bytes`);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
}
