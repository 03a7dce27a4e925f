// The container image, built and run: what is in it and how it is set up, one run of a master and two workers from it, health, signals.
import assert from "node:assert/strict";
import { chmodSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { freePort } from "../support/free_port.ts";
import { startCountingServer } from "../support/counting_server.ts";
import { Image, requireImages } from "../support/image.ts";
import { productCommand } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const skip = requireImages();
let image: Image;

before(() => {
  if (skip === false) image = new Image(productCommand()[0]!);
});
after(() => {
  if (skip === false) image[Symbol.dispose]();
});

/** A folder that the image's user may read and write. */
function sharedFolder(locustfile: string): TempFolder {
  const folder = new TempFolder({ "locustfile.ts": locustfile });
  chmodSync(folder.path, 0o777);
  return folder;
}

const READER = `
  import { constant, FastHttpUser, task } from "locust-ts";
  export class Reader extends FastHttpUser {
    override waitTime = constant(0.1);
    @task async read() { await this.client.get("/read"); }
  }
`;

test("the image starts the executable as a user without rights, and says how to look after it", { skip }, () => {
  const { User, ExposedPorts, Env, Entrypoint, WorkingDir, Healthcheck } = image.config;
  assert.deepEqual(Entrypoint, ["/locust-ts"]);
  assert.equal(User, "65532:65532");
  assert.deepEqual(Object.keys(ExposedPorts).sort(), ["5557/tcp", "8089/tcp"]);
  assert.ok(Env.includes("LOCUST_WEB_HOST=0.0.0.0"), Env.join(" "));
  assert.equal(WorkingDir, "/mnt/locust");
  assert.deepEqual(Healthcheck.Test, ["CMD", "/locust-ts", "health"]);
});

test("the image holds the executable, what it links, certificates, a user, and nothing else", { skip }, () => {
  const files = image.list().filter((path) => !/^\/(?:lib|lib64|etc|tmp)?(?:\/|$)/.test(path) || /bin|sh$/.test(path));
  assert.deepEqual(files.filter((path) => path !== ""), ["/locust-ts"]);
  assert.ok(image.list().includes("/etc/ssl/certs/ca-certificates.crt"));
  assert.ok(image.list().includes("/lib/x86_64-linux-gnu/libc.so.6"));
});

test("names, time zones and the folder for files work in the image", { skip }, async () => {
  using folder = sharedFolder(`
    import { writeFileSync } from "node:fs";
    import { lookup } from "node:dns/promises";
    import { task, User } from "locust-ts";
    export class Looker extends User {
      @task async look() {
        writeFileSync("written.txt", "x");
        console.log(process.getuid(), (await lookup("localhost")).address, new Date(0).toString());
      }
    }
  `);
  const looked = image.run(image.create(), ["run", "locustfile.ts", "-H", "http://localhost", "--once"], {
    files: folder.path,
    env: { TZ: "Asia/Tokyo" },
  });
  const { code, stdout, stderr } = await looked.ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^65532 (?:127\.0\.0\.1|::1) .*09:00:00 GMT\+0900 \(Japan Standard Time\)/m);
});

test("under the profile of containers requests go over epoll, since it forbids io_uring", { skip }, async () => {
  using folder = sharedFolder(READER);
  const system = await startCountingServer();
  after(() => system.close());
  const { code, stderr } = await image.run(image.create(), [
    ...["run", "locustfile.ts", "-H", system.url, "-u", "4", "-r", "50", "-t", "1s", "--headless", "--processes", "1"],
    ...["--stop-timeout", "10", "--summary-file", "summary.json"],
  ], { files: folder.path }).ended;
  const { workers, total } = JSON.parse(readFileSync(folder.at("summary.json"), "utf8"));
  assert.equal(workers[0].socket, "epoll", stderr);
  assert.doesNotMatch(stderr, /WARNING/);
  assert.deepEqual([code, total.requests, total.failures], [0, system.total(), 0]);
});

test("a master and two workers from the image join one run, and SIGTERM ends it cleanly", { skip }, async () => {
  using folder = sharedFolder(READER);
  const system = await startCountingServer();
  after(() => system.close());
  const [web, bind] = [String(await freePort()), String(await freePort())];
  const masterBox = image.create();
  const master = image.run(masterBox, [
    ...["-f", "locustfile.ts", "-H", system.url, "--master", "--expect-workers", "2", "--autostart"],
    ...["-u", "4", "-r", "4", "-t", "5m", "--web-port", web, "--master-bind-port", bind, "--json-file", "run.json"],
  ], { files: folder.path });
  const workers = [1, 2].map(() =>
    image.run(image.create(), ["worker", "--master-host", "127.0.0.1", "--processes", "1"], {
      env: { LOCUST_MASTER_NODE_PORT: bind },
    })
  );
  await master.waitFor(/All users spawned/);
  while (system.total() < 40) await new Promise((passed) => setTimeout(passed, 100));

  const page = await fetch(`http://127.0.0.1:${web}/`);
  assert.match(await page.text(), /<title>/);
  const { workers: joined } = await (await fetch(`http://127.0.0.1:${web}/api/v1/workers`)).json();
  assert.deepEqual(joined.map(({ users }: { users: number }) => users), [2, 2]);
  const health = await image.run(masterBox, ["health", `http://127.0.0.1:${web}`]).ended;
  assert.deepEqual([health.code, health.stdout], [0, `healthy: http://127.0.0.1:${web}/healthz: running\n`]);

  image.stop(master);
  const ended = await Promise.all([master, ...workers].map((each) => each.ended));
  assert.deepEqual(ended.map(({ code }) => code), [0, 0, 0], ended.map(({ stderr }) => stderr).join("\n"));
  const dead = await image.run(masterBox, ["health", `http://127.0.0.1:${web}`]).ended;
  assert.equal(dead.code, 1, dead.stdout);
});
