/** The subjects that `scripts/bench/http.ts` measures: ourselves in three thicknesses, the yardstick, and other tools where installed. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findTool } from "../../tests/support/requirements.ts";
import { EXECUTABLE } from "../executable.ts";

export interface Subject {
  readonly name: string;
  readonly command: readonly string[];
}

/** `why`: the program is not there. */
export interface Absent {
  readonly name: string;
  readonly why: string;
}

export const USERS = 50;

/** The commands for one system; `folder` takes the files that they need. */
export function listSubjects(url: string, seconds: number, folder: string, peers: "own" | "all"): (Subject | Absent)[] {
  const { origin, pathname } = new URL(url);
  const locust = (name: string, user: string, socket = "auto"): Subject => {
    const file = join(folder, `${user}.ts`);
    writeFileSync(
      file,
      `import { constant, ${user}, task } from "locust-ts";
export class Visitor extends ${user} {
  static override insecure = true;
  override waitTime = constant(0);
  @task
  async visit() {
    await this.client.get("${pathname}");
  }
}
`,
    );
    const amount = [
      "-u",
      String(USERS),
      "-r",
      String(USERS),
      "-t",
      `${seconds}s`,
      "--processes",
      "1",
      "--socket",
      socket,
    ];
    return { name, command: [EXECUTABLE, "run", file, "-H", origin, ...amount] };
  };
  const engine = ["scripts/bench/http_engine.ts", url, String(seconds), String(USERS)];
  const own: (Subject | Absent)[] = [
    tool("wrk", "wrk", ["-t1", `-c${USERS}`, `-d${seconds}s`, url]),
    { name: "engine alone", command: [process.execPath, ...engine] },
    locust("FastHttpUser", "FastHttpUser"),
    locust("HttpUser", "HttpUser"),
    locust("FastHttpUser, epoll", "FastHttpUser", "epoll"),
    locust("FastHttpUser, runtime", "FastHttpUser", "runtime"),
  ];
  return peers === "own" ? own : [...own, ...listPeers(url, seconds, folder)];
}

function listPeers(url: string, seconds: number, folder: string): (Subject | Absent)[] {
  const script = join(folder, "k6.js");
  writeFileSync(
    script,
    `import http from "k6/http";
export const options = { vus: ${USERS}, duration: "${seconds}s", insecureSkipTLSVerify: true };
export default () => http.get(${JSON.stringify(url)});
`,
  );
  const python = join(folder, "locustfile.py");
  writeFileSync(
    python,
    `from locust import FastHttpUser, task
class Visitor(FastHttpUser):
    @task
    def visit(self):
        self.client.get(${JSON.stringify(new URL(url).pathname)})
`,
  );
  const host = new URL(url).origin;
  const amount = ["--headless", "-u", String(USERS), "-r", String(USERS), "-t", `${seconds}s`, "--only-summary"];
  return [
    tool("oha", "oha", ["--no-tui", "--insecure", "-c", String(USERS), "-z", `${seconds}s`, url]),
    tool("autocannon", "autocannon", ["-c", String(USERS), "-d", String(seconds), url]),
    tool("k6", "k6", ["run", "--quiet", script]),
    tool("ab", "ab", ["-q", "-k", "-c", String(USERS), "-t", String(seconds), "-n", "100000000", url]),
    tool("Locust, FastHttpUser", "locust", ["-f", python, "-H", host, ...amount]),
  ];
}

function tool(name: string, program: string, args: readonly string[]): Subject | Absent {
  const path = findTool(program);
  return path === undefined ? { name, why: `${program} is not installed` } : { name, command: [path, ...args] };
}
