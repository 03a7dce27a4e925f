/** The subjects that `scripts/bench/http.ts` measures: ourselves in three thicknesses, the yardstick, and other tools where installed. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findTool } from "../../tests/support/requirements.ts";
import { EXECUTABLE } from "../executable.ts";
import type { SystemKind } from "./http_system.ts";
import { jsonScript, jsonTask } from "./json_traffic.ts";

export interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  /** `elsewhere`: it is a part of a program, or the same program as another subject, and its start says nothing new. */
  readonly starts: "alone" | "elsewhere";
}

/** `why`: the program is not there. */
export interface Absent {
  readonly name: string;
  readonly why: string;
}

/** How each tool says its version. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  wrk: ["-v"],
  oha: ["--version"],
  autocannon: ["--version"],
  k6: ["version"],
  vegeta: ["--version"],
  ab: ["-V"],
  locust: ["--version"],
};

/** Of the tools that are there, a sentence each. */
export async function readToolVersions(): Promise<string[]> {
  const read = async ([program, args]: readonly [string, readonly string[]]) => {
    const path = findTool(program);
    if (path === undefined) return [];
    const said = await new Promise<string>((resolve) => {
      execFile(path, args, { timeout: 10_000 }, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`));
    });
    return [`${program} ${/\d+\.\d+(?:\.\d+)?/.exec(said)?.[0] ?? "of unknown version"}`];
  };
  return (await Promise.all(Object.entries(VERSIONS).map(read))).flat();
}

/** The commands for one system. They run for `seconds`, unless they are ended before. */
export interface SubjectLoad {
  readonly url: string;
  readonly users: number;
  readonly seconds: number;
  /** Takes the files that the programs need. */
  readonly folder: string;
  /** `json`: see `json_traffic.ts`; all others get the URL, again and again. */
  readonly kind: SystemKind;
}

export function listSubjects(load: SubjectLoad, peers: "own" | "all"): (Subject | Absent)[] {
  const { url, users, seconds, folder, kind } = load;
  const { origin, pathname } = new URL(url);
  const task = kind === "json" ? jsonTask() : `await this.client.get("${pathname}");`;
  const locust = (name: string, user: string, socket?: string, discardBody = false): Subject => {
    const file = join(folder, `${kind}_${user}${discardBody ? "_discards" : ""}.ts`);
    writeFileSync(
      file,
      `import { constant, ${user}, task } from "locust-ts";
export class Visitor extends ${user} {
  static override insecure = true;
  static override discardBody = ${discardBody};
  override waitTime = constant(0);
  @task
  async visit() {
    ${task}
  }
}
`,
    );
    const amount = [
      "-u",
      String(users),
      "-r",
      String(users),
      "-t",
      `${seconds}s`,
      "--processes",
      "1",
      ...(socket === undefined ? [] : ["--socket", socket]),
    ];
    return {
      name,
      command: [EXECUTABLE, "run", file, "-H", origin, ...amount],
      starts: socket === undefined ? "alone" : "elsewhere",
    };
  };
  if (kind === "json") {
    const script = join(folder, "json.lua");
    writeFileSync(script, jsonScript());
    return [
      tool("wrk", "wrk", ["-t1", `-c${users}`, `-d${seconds}s`, "-s", script, url]),
      locust("FastHttpUser", "FastHttpUser"),
      locust("HttpUser", "HttpUser"),
      locust("HttpUser, epoll", "HttpUser", "epoll"),
    ];
  }
  const isLong = kind === "100kb" || kind === "large";
  const engine = ["scripts/bench/http_engine.ts", url, String(seconds), String(users)];
  const own: (Subject | Absent)[] = [
    tool("wrk", "wrk", ["-t1", `-c${users}`, `-d${seconds}s`, url]),
    { name: "engine alone", command: [process.execPath, ...engine], starts: "elsewhere" },
    locust("FastHttpUser", "FastHttpUser"),
    locust("HttpUser", "HttpUser"),
    ...(isLong ? [locust("FastHttpUser, discardBody", "FastHttpUser", undefined, true)] : []),
    locust("FastHttpUser, epoll", "FastHttpUser", "epoll"),
    locust("FastHttpUser, runtime", "FastHttpUser", "runtime"),
  ];
  return peers === "own" ? own : [...own, ...listPeers(load)];
}

function listPeers({ url, users: count, seconds, folder }: SubjectLoad): (Subject | Absent)[] {
  const script = join(folder, "k6.js");
  writeFileSync(
    script,
    `import http from "k6/http";
export const options = { vus: ${count}, duration: "${seconds}s", insecureSkipTLSVerify: true };
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
  const targets = join(folder, "vegeta.txt");
  writeFileSync(targets, `GET ${url}\n`);
  const { origin: host, pathname } = new URL(url);
  const [users, time] = [String(count), `${seconds}s`];
  const trusting = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  const amount = ["--headless", "-u", users, "-r", users, "-t", `${seconds}s`, "--only-summary"];
  return [
    tool("oha", "oha", ["--no-tui", "--insecure", "-c", users, "-z", `${seconds}s`, url]),
    tool("autocannon", "autocannon", ["-c", users, "-d", String(seconds), url], trusting),
    tool("k6", "k6", ["run", "--quiet", script]),
    tool("ab", "ab", ["-q", "-k", "-c", users, "-t", String(seconds), "-n", "100000000", url]),
    tool("vegeta", "vegeta", [
      ...["attack", "-rate=0", "-targets", targets, "-duration", time, "-insecure"],
      ...["-workers", users, "-max-workers", users, "-connections", users],
    ]),
    tool("Goose", "goose-bench", [
      ...["--host", host, "--users", users, "--hatch-rate", users, "--run-time", time],
      "--accept-invalid-certs",
    ], { BENCH_PATH: pathname }),
    tool("Locust, FastHttpUser", "locust", ["-f", python, "-H", host, ...amount]),
  ];
}

function tool(
  name: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Subject | Absent {
  const path = findTool(program);
  if (path === undefined) return { name, why: `${program} is not installed` };
  const settings = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  return {
    name,
    command: [...(settings.length > 0 ? ["/usr/bin/env", ...settings] : []), path, ...args],
    starts: "alone",
  };
}
