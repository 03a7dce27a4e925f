/** The tools that `scripts/bench/truth.ts` runs: how each is started, and where its output has the figures. Times in ms. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findTool } from "../../tests/support/requirements.ts";
import { exactPercentile } from "../../tests/support/truth_server.ts";
import type { SocketChoice } from "../../src/base/socket_kind.ts";
import type { RunSummary } from "../../src/report/summary/summary.ts";

export interface ToolFigures {
  readonly requests: number;
  readonly mean?: number;
  readonly "50"?: number;
  readonly "90"?: number;
  readonly "99"?: number;
  readonly "99.9"?: number;
}

export interface TruthSubject {
  readonly name: string;
  /** Or why it cannot be run here. */
  readonly run:
    | string
    | ((route: string) => {
      readonly command: readonly string[];
      /** From its standard output, or from a file that it wrote. */
      readonly read: (stdout: string) => ToolFigures;
    });
}

export interface TruthLoad {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  /** Where the tools are started and may write. */
  readonly folder: string;
  readonly executable: string;
}

/** The part of Locust's `--json` that has the figures; it has rounded the times, as its tables do. */
interface LocustRow {
  readonly num_requests: number;
  readonly total_response_time: number;
  readonly response_times: Readonly<Record<string, number>>;
}

export function listTruthSubjects(load: TruthLoad): TruthSubject[] {
  const others = [wrk(load), oha(load), k6(load), locust(load)];
  const ownSockets = (["epoll", "runtime"] as const).map((socket) => own(load, "FastHttpUser", socket));
  return [own(load, "FastHttpUser"), own(load, "HttpUser"), ...ownSockets, ...others];
}

/** `socket`: `auto` is the fastest one that works. */
function own(
  { url, seconds, connections, folder, executable }: TruthLoad,
  client: string,
  socket: SocketChoice = "auto",
): TruthSubject {
  return {
    name: `locust-ts, ${client}${socket === "auto" ? "" : `, ${socket}`}`,
    run: (route) => {
      writeFileSync(
        join(folder, "truth.ts"),
        `import { constant, ${client}, task } from "locust-ts";
export class Visitor extends ${client} {
  override waitTime = constant(0);
  @task async visit() { await this.client.get("${route}"); }
}
`,
      );
      const users = ["-u", String(connections), "-r", "1000"];
      const amount = [...users, "-t", `${seconds}s`, "--processes", "1", "--socket", socket];
      const command = [executable, "run", "truth.ts", "-H", url, ...amount, "--summary-file", "truth.json"];
      return {
        command: [...command, "--only-summary"],
        read: () => {
          const { total } = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8")) as RunSummary;
          return figures(total.requests, total.meanMs, (percent) => total.percentilesMs[percent] ?? NaN);
        },
      };
    },
  };
}

function wrk({ url, seconds, connections, folder }: TruthLoad): TruthSubject {
  const script = join(folder, "truth.lua");
  writeFileSync(
    script,
    `done = function(summary, latency)
  io.write("figures ", summary.requests, " ", latency.mean)
  for _, p in pairs({50, 90, 99, 99.9}) do io.write(" ", latency:percentile(p)) end
  io.write("\\n")
end
`,
  );
  return external("wrk", (program, route) => ({
    command: [program, "-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, `${url}${route}`],
    read: (stdout) => {
      const [requests = 0, mean = 0, ...rest] = (/^figures (.*)$/m.exec(stdout)?.[1] ?? "").split(" ").map(Number);
      return figures(requests, mean / 1000, (_, i) => (rest[i] ?? NaN) / 1000);
    },
  }));
}

function oha({ url, seconds, connections }: TruthLoad): TruthSubject {
  return external("oha", (program, route) => ({
    command: [
      ...[program, "--no-tui", "--output-format", "json", "-w"],
      ...["-c", String(connections), "-z", `${seconds}s`, `${url}${route}`],
    ],
    read: (stdout) => {
      const { summary, latencyPercentiles, statusCodeDistribution } = JSON.parse(stdout) as {
        readonly summary: { readonly average: number };
        readonly latencyPercentiles: Readonly<Record<string, number>>;
        readonly statusCodeDistribution: Readonly<Record<string, number>>;
      };
      const requests = Object.values(statusCodeDistribution).reduce((sum, count) => sum + count, 0);
      return figures(requests, summary.average * 1000, (percent) => (latencyPercentiles[`p${percent}`] ?? NaN) * 1000);
    },
  }));
}

function k6({ url, seconds, connections, folder }: TruthLoad): TruthSubject {
  return external("k6", (program, route) => {
    writeFileSync(
      join(folder, "truth.js"),
      `import http from "k6/http";
export const options = {
  vus: ${connections}, duration: "${seconds}s",
  summaryTrendStats: ["avg", "p(50)", "p(90)", "p(99)", "p(99.9)"],
};
export default () => http.get("${url}${route}");
`,
    );
    return {
      command: [program, "run", "--quiet", "--no-usage-report", "--summary-export", "k6.json", "truth.js"],
      read: () => {
        const { metrics } = JSON.parse(readFileSync(join(folder, "k6.json"), "utf8")) as {
          readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
        };
        const duration = metrics["http_req_duration"] ?? {};
        const requests = metrics["http_reqs"]?.["count"] ?? 0;
        return figures(requests, duration["avg"] ?? NaN, (percent) => duration[`p(${percent})`] ?? NaN);
      },
    };
  });
}

function locust({ url, seconds, connections, folder }: TruthLoad): TruthSubject {
  return external("locust", (program, route) => {
    writeFileSync(
      join(folder, "truth.py"),
      `from locust import FastHttpUser, task
class Visitor(FastHttpUser):
    @task
    def visit(self):
        self.client.get("${route}")
`,
    );
    const amount = ["-u", String(connections), "-r", "1000", "-t", `${seconds}s`, "--stop-timeout", "5"];
    return {
      command: [program, "-f", "truth.py", "-H", url, "--headless", "--only-summary", "--json", ...amount],
      read: (stdout) => {
        const [row] = JSON.parse(stdout.slice(stdout.indexOf("["))) as readonly LocustRow[];
        if (row === undefined) return { requests: 0 };
        const times = Object.entries(row.response_times).flatMap(([ms, count]) =>
          Array<number>(count).fill(Number(ms))
        );
        return figures(
          row.num_requests,
          row.total_response_time / row.num_requests,
          (percent) => exactPercentile(times, Number(percent)),
        );
      },
    };
  }, "Locust, FastHttpUser");
}

function external(
  tool: string,
  run: (program: string, route: string) => Exclude<ReturnType<Exclude<TruthSubject["run"], string>>, string>,
  name = tool,
): TruthSubject {
  const program = findTool(tool);
  return { name, run: program === undefined ? `${tool} is not installed` : (route) => run(program, route) };
}

function figures(
  requests: number,
  mean: number | null,
  percentile: (percent: "50" | "90" | "99" | "99.9", index: number) => number,
): ToolFigures {
  return {
    requests,
    mean: mean ?? NaN,
    "50": percentile("50", 0),
    "90": percentile("90", 1),
    "99": percentile("99", 2),
    "99.9": percentile("99.9", 3),
  };
}
