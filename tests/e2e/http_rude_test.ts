/**
 * A locustfile, run by the executable against servers that do it wrong: each is a failure with its name, counted once, with
 * status 0 for the task; nothing is counted as a success that was cut short, and nothing hangs.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { openRudeServer } from "../support/rude_server.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const zipped = gzipSync("hello").toString("latin1");

function gzipAnswer(length: number, ...parts: readonly string[]): readonly string[] {
  return [`${OK}Content-Encoding: gzip\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`, ...parts];
}

/** Path → what the server says before it hangs up → status and text for the task → the failure in the table, if any. */
const CASES: readonly (readonly [string, readonly string[], string, RegExp | undefined])[] = [
  ["/head-cut", ["HTTP/1.1 200 OK\r\nContent-Le"], "0", /ProtocolError\(.+\)/],
  ["/length-negative", [`${OK}Content-Length: -5\r\n\r\nhello`], "0", /ProtocolError\(.+\)/],
  ["/length-plus", [`${OK}Content-Length: +5\r\n\r\nhello`], "0", /ProtocolError\(.+\)/],
  ["/length-letters", [`${OK}Content-Length: 5a\r\n\r\nhello`], "0", /ProtocolError\(.+\)/],
  ["/length-wrapping", [`${OK}Content-Length: 4294967301\r\n\r\nhello`], "0", /ProtocolError\(.+\)/],
  ["/lengths-unequal", [`${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`], "0", /ProtocolError\(.+\)/],
  [
    "/chunk-wrapping",
    [`${OK}Transfer-Encoding: chunked\r\n\r\n100000005\r\nhello\r\n0\r\n\r\n`],
    "0",
    /ProtocolError\(.+\)/,
  ],
  ["/chunk-bad", [`${OK}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`], "0", /ProtocolError\(.+\)/],
  [
    "/chunks-cut",
    [`${OK}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n`],
    "0",
    /ProtocolError\(.+\)/,
  ],
  ["/body-cut", [`${OK}Content-Length: 10\r\n\r\nhello`], "0", /ProtocolError\(.+\)/],
  ["/garbage", ["SSH-2.0-OpenSSH_9.2\r\n"], "0", /ProtocolError\(.+\)/],
  ["/http2", ["\0\0\0\x04\0\0\0\0\0"], "0", /ProtocolError\(.+\)/],
  ["/tls-alert", ["\x15\x03\x03\0\x02\x02\x46"], "0", /ProtocolError\(.+\)/],
  ["/head-endless", [OK, `X-Long: ${"x".repeat(200_000)}\r\n`], "0", /ProtocolError\(.+\)/],
  ["/fields-many", [OK, "X: y\r\n".repeat(2400), "\r\n"], "0", /ProtocolError\(.+\)/],
  ["/unasked-101", ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"], "0", /ProtocolError\(.+\)/],
  ["/gzip-cut", gzipAnswer(zipped.length - 9, zipped.slice(0, -9)), "0", /ProtocolError\(.+\)/],
  ["/gzip-twice", gzipAnswer(zipped.length * 2, zipped, zipped), "200 hellohello", undefined],
  [
    "/gzip-304",
    ["HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"],
    "304 ",
    undefined,
  ],
  [
    "/early-hints",
    ["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", `${OK}Content-Length: 5\r\n\r\nhello`],
    "200 hello",
    undefined,
  ],
  ["/no-content-chunked", ["HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"], "204 ", undefined],
  ["/until-close", ["HTTP/1.1 200 OK\r\n\r\nhello"], "200 hello", undefined],
  ["/bare-lf", ["HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"], "200 hello", undefined],
  ["/no-reason", ["HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"], "200 hello", undefined],
  ["/coding-unknown", [`${OK}Content-Encoding: rot13\r\nContent-Length: 5\r\n\r\nhello`], "200 hello", undefined],
];

for (const client of ["HttpUser", "FastHttpUser"] as const) {
  test(`${client} names what a server does wrong, and takes nothing short for a success`, async () => {
    const connections = new Map<string, number>();
    await using server = await openRudeServer(async (peer) => {
      const path = (await peer.readRequest())?.split(" ")[1] ?? "";
      connections.set(path, (connections.get(path) ?? 0) + 1);
      for (const part of CASES.find(([name]) => name === path)?.[1] ?? []) await peer.write(part);
      peer.finish();
    });
    const cwd = writeFiles({
      "locustfile.ts": `
import { writeFileSync } from "node:fs";
import { ${client}, task } from "locust-ts";
export class Careful extends ${client} {
  @task async all() {
    const seen: Record<string, string> = {};
    for (const path of ${JSON.stringify(CASES.map(([path]) => path))}) {
      const res = await this.client.get(path);
      seen[path] = res.status === 0 ? "0" : res.status + " " + await res.text();
    }
    writeFileSync("seen.json", JSON.stringify(seen));
    this.environment.runner.quit();
    await this.sleep(60);
  }
}`,
    });
    const { stdout, stderr } = await runCli(["run", "locustfile.ts", "-H", server.url, "--only-summary"], { cwd });
    const seen = JSON.parse(readFileSync(join(cwd, "seen.json"), "utf8"));
    for (const [path, , expected, failure] of CASES) {
      assert.equal(seen[path], expected, `${path}\n${stdout}${stderr}`);
      assert.match(stdout, new RegExp(`GET +${path} +1 +${failure === undefined ? "0" : "1"}\\(`), path);
      const told = new RegExp(`GET ${path}: (.+)`).exec(stdout)?.[1] ?? "";
      if (failure === undefined) assert.equal(told, "", path);
      else assert.match(told, failure, path);
      assert.equal(connections.get(path), 1, `${path} was asked more than once`);
    }
    assert.doesNotMatch(stdout.split("Error report")[1] ?? "", /127\.0\.0\.1/);
  });
}
