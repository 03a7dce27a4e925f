/** The web UI of the executable on a terminal: a port that is in use, and keys. */
import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { requireTool } from "../support/requirements.ts";
import { productCommand, startCli, writeFiles } from "../support/run_cli.ts";
import { WEB_LOCUSTFILE } from "../support/web_process.ts";

const skip = requireTool("python3");

async function takePort() {
  const server = createServer((_request, response) => response.end("not yours")).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())) };
}

function startOnTerminal(answers: readonly (readonly [question: string, answer: string])[], args: readonly string[]) {
  const cwd = writeFiles({ "shop.ts": WEB_LOCUSTFILE });
  const command = ["python3", `${process.cwd()}/tests/support/answer_on_pty.py`, JSON.stringify(answers)];
  return startCli([...productCommand(), "run", "shop.ts", "--web", ...args], { cwd, command });
}

test("on a terminal a port in use offers the next free one, which serves after a yes", { skip }, async () => {
  await using taken = await takePort();
  const cli = startOnTerminal([["[Y/n] ", "\n"]], ["-P", String(taken.port)]);
  await cli.waitFor(/Starting web interface at \S+/);
  assert.match(
    cli.stdout(),
    new RegExp(`Port ${taken.port} is in use\\. Serve the web UI on port \\d+\\? \\[Y/n\\] `),
  );
  const url = /Starting web interface at (\S+)\//.exec(cli.stdout())?.[1] ?? "";
  assert.notEqual(Number(new URL(url).port), taken.port);
  assert.deepEqual(await (await fetch(`${url}/healthz`)).json(), { state: "ready" });
  cli.child.kill("SIGTERM");
  assert.equal((await cli.ended).code, 0);
});

test("on a terminal a no to the next port is exit code 2 with the address that is in use", { skip }, async () => {
  await using taken = await takePort();
  const { code, stdout } = await startOnTerminal([["[Y/n] ", "n\n"]], ["-P", String(taken.port)]).ended;
  assert.equal(code, 2);
  assert.match(stdout, new RegExp(`Cannot listen on 127.0.0.1:${taken.port}: address in use`));
});

test("on a terminal w adds a user to the run, and Ctrl-C ends it in order", { skip }, async () => {
  const answers = [["All users spawned", "w"], ['{"Buyer": 1, "Visitor": 1}', "\x03"]] as const;
  const { code, stdout } = await startOnTerminal(answers, ["-P", "0", "--autostart", "-u", "1"]).ended;
  assert.ok(code === 0 || code === 4, stdout); // 4: no request was counted in the few milliseconds
  assert.match(stdout, new RegExp(`interrupted by Ctrl-C[^]*Shutting down \\(exit code ${code}\\)`));
  assert.match(stdout, /Ramping to 2 users/);
});
