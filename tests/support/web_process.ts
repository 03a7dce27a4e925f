/** The web UI of the executable under test: a process of its own, asked over real sockets. */
import { startCli, writeFiles } from "./run_cli.ts";

/** Two user classes that need no target. */
export const WEB_LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
export class Visitor extends User {
  waitTime = constant(0.02);
  @task async look() {
    await events.request.measure("CALL", "look", () => this.sleep(0.005));
  }
}
export class Buyer extends User {
  waitTime = constant(0.02);
  @task async buy() {
    await events.request.measure("CALL", "buy", () => this.sleep(0.005));
  }
}
`;

/** Of `GET /api/v1/run`. */
export interface WebRunState {
  readonly state: string;
  readonly runId: string | null;
  readonly users: number;
  readonly exitCode: number | null;
  readonly problem: string | null;
  readonly verdict: { readonly kind: string } | null;
}

export interface WebProcessOptions {
  readonly env?: Record<string, string>;
  readonly locustfile?: string;
  readonly timeoutMs?: number;
}

/** Starts the executable with the web UI on a free port. `end` stops it as Ctrl-C does. */
export async function openWeb(args: readonly string[], options: WebProcessOptions = {}) {
  const cwd = writeFiles({ "shop.ts": options.locustfile ?? WEB_LOCUSTFILE });
  const cli = startCli(["run", "shop.ts", "--web", "-P", "0", ...args], { cwd, ...options });
  await cli.waitFor(/Starting web interface at \S+/);
  const url = /Starting web interface at (\S+)\//.exec(cli.stderr())?.[1] ?? "";
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const init = body === undefined ? { method, headers } : {
      method,
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", ...headers },
    };
    return await fetch(`${url}${path}`, init);
  };
  const run = async () => await (await ask("GET", "/api/v1/run")).json() as WebRunState;
  const until = async (isThere: (run: WebRunState) => boolean) => {
    for (let i = 0; i < 300; i++) {
      const now = await run();
      if (isThere(now)) return now;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the run did not get there: ${JSON.stringify(await run())}`);
  };
  const end = async () => {
    cli.child.kill("SIGINT");
    return await cli.ended;
  };
  return { cwd, url, cli, ask, run, until, end };
}
