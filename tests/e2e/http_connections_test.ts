/** Connections as a user of the executable sees them: servers that hang up, and unix sockets. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openRudeServer } from "../support/rude_server.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

for (const client of ["HttpUser", "FastHttpUser"] as const) {
  test(`${client}: a GET on a connection that the server gave up goes out again and is told; a POST is not`, async () => {
    await using server = await openRudeServer(async (peer) => {
      await peer.readRequest();
      await peer.write(OK);
      await peer.readRequest(); // read, and hung up on
      peer.finish();
    });
    const cwd = writeFiles({
      "locustfile.ts": `
import { ${client}, task } from "locust-ts";
export class Kept extends ${client} {
  @task async all() {
    await this.client.get("/first");
    await this.client.get("/again");
    await this.client.post("/once", { json: 1 });
    this.environment.runner.quit();
    await this.sleep(60);
  }
}`,
    });
    const { stdout, stderr } = await runCli(["run", "locustfile.ts", "-H", server.url, "--only-summary"], { cwd });
    assert.match(stdout, /GET +\/again +1 +0\(/, stdout + stderr);
    assert.match(stdout, /POST +\/once +1 +1\(/);
    assert.match(stdout, /\n {2}- 1 request was sent again on a new connection/);
    const lines = server.requests.map((request) => request.split(" HTTP")[0]);
    assert.deepEqual(lines, ["GET /first", "GET /again", "GET /again", "POST /once"]);
  });

  test(`${client}: a unix socket as the host`, async () => {
    const cwd = writeFiles({
      "locustfile.ts": `
import { ${client}, task } from "locust-ts";
export class Local extends ${client} {
  @task async all() {
    await this.client.get("/x");
    this.environment.runner.quit();
    await this.sleep(60);
  }
}`,
    });
    const path = join(cwd, "app.sock");
    await using server = await openRudeServer(async (peer) => {
      while (await peer.readRequest() !== undefined) await peer.write(OK);
    }, { path });
    const host = `http+unix://${encodeURIComponent(path)}`;
    const { stdout, stderr } = await runCli(["run", "locustfile.ts", "-H", host, "--only-summary"], { cwd });
    assert.match(stdout, /GET +\/x +1 +0\(/, stdout + stderr);
    assert.match(server.requests[0] ?? "", /^GET \/x HTTP\/1\.1\r\nHost: localhost\r\n/);
  });
}
