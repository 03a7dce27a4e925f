/**
 * What a reader has on the machine while trying a page: the executable, a locustfile, journals, the demo shop, a server that answers
 * everything. Addresses and times of the pages become those of the test here, and nowhere else.
 */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import type { DemoSystem } from "../../../src/demo/demo_system.ts";
import { startDemo } from "../demo.ts";
import { makeKeptFolder } from "../kept_folder.ts";
import { productCommand, runCli, startCli } from "../run_cli.ts";

const ROOT = process.cwd();

/** A user of the shop. Pages call its file `locustfile.ts` or `shop.ts`; modules without users are run beside it. */
const visitorOf = (host: string) =>
  `import { constant, HttpUser, task } from "locust-ts";

export class Visitor extends HttpUser {
  static override host = "${host}";
  override waitTime = constant(0.1);

  override async onStart() {
    await this.client.post("/login", { json: { user: "ada", password: "lovelace" } });
  }

  @task(3)
  async items() {
    await this.client.get("/items");
  }

  @task
  async order() {
    await this.client.post("/orders", { json: { item: 7 } });
  }
}
`;

export interface Systems {
  /** The demo shop, without failures. */
  readonly demo: DemoSystem;
  /** A server that has every page. */
  readonly anyUrl: string;
  /** The web UI of a locust-ts that waits to be started. */
  readonly webUrl: string;
  /** A journal of a short run. */
  readonly journal: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startSystems(): Promise<Systems> {
  const demo = await startDemo({ latency: { kind: "fixed", ms: 2 }, errorRate: 0 });
  const any = await startAnySystem();
  const folder = makeKeptFolder();
  writeFileSync(join(folder, "locustfile.ts"), visitorOf(demo.url));
  const load = ["-H", demo.url, "-u", "2", "-r", "10"];
  const web = startCli(["run", "locustfile.ts", "--web", "--web-port", "0", ...load], {
    cwd: folder,
    timeoutMs: 240_000,
  });
  await web.waitFor(/http:\/\/127\.0\.0\.1:\d+/);
  const webUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(web.stdout() + web.stderr())?.[0] ?? "";
  const recorded = await runCli(["run", "locustfile.ts", ...load, "-t", "3s", "--journal", "run.ndjson"], {
    cwd: folder,
  });
  if (recorded.code !== 0) throw new Error(recorded.stdout + recorded.stderr);
  return {
    demo,
    anyUrl: any.url,
    webUrl,
    journal: join(folder, "run.ndjson"),
    async [Symbol.asyncDispose]() {
      web.child.kill("SIGTERM");
      await web.ended;
      any.close();
      await demo[Symbol.asyncDispose]();
    },
  };
}

function startAnySystem(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => response.end('{"user":"ada"}\n'));
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const close = () => {
        server.close();
        server.closeAllConnections();
      };
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
    });
  });
}

/** A folder with what the page takes for granted. */
export function makePageFolder(systems: Systems): string {
  const folder = makeKeptFolder();
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "dist"));
  mkdirSync(join(folder, "node_modules"));
  for (const path of ["bin/locust-ts", "dist/locust-ts"]) symlinkSync(productCommand()[0]!, join(folder, path));
  symlinkSync(join(ROOT, "examples"), join(folder, "examples"));
  symlinkSync(ROOT, join(folder, "node_modules/locust-ts"));
  writeFileSync(join(folder, "login.json"), '{"user":"ada","password":"lovelace"}');
  writeFileSync(join(folder, "users.csv"), "user,password\nada,lovelace\ngrace,hopper\n");
  for (const name of ["locustfile.ts", "shop.ts"]) writeFileSync(join(folder, name), visitorOf(systems.demo.url));
  for (const name of ["before", "after", "main", "branch", "run"]) {
    symlinkSync(systems.journal, join(folder, `${name}.ndjson`));
  }
  return folder;
}

/** Times, numbers of users and addresses of a page, as the test has them. */
export function shorten(text: string, systems: Systems): string {
  return text
    .replace(/http:\/\/localhost:80[08]0|https:\/\/shop\.test|http:\/\/system\b/g, systems.demo.url)
    .replace(/http:\/\/collector:4318|https:\/\/images\.example\.test/g, systems.anyUrl)
    .replaceAll("http://127.0.0.1:8089", systems.webUrl)
    .replace(/ -t \d\w*/g, " -t 2s")
    .replace(/ -u \d+/g, " -u 2")
    .replace(/ -r \d+/g, " -r 10")
    .replace(/ --warm-up \d\w*/g, " --warm-up 1s")
    .replace(/ over \d+[sm]\b/g, " over 1s").replace(/ after \d+s\b/g, " after 1s")
    .replace(/ --stages \S+/g, " --stages 1s:5,1s:0")
    .replace(/ --rate '[^']*:[^']*'/g, " --rate 1s:50/s,1s:0")
    .replace(/ --expect-workers \d+/g, " --expect-workers 1")
    .replaceAll("master.example", "127.0.0.1");
}
