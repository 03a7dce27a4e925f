/**
 * Latencies by several tools against the server of known latencies, held against the server's own record of the same run. A figure
 * in the table is the median over the rounds of how far the tool is from the record: in % of the exact value and in ms.
 *
 *     node_modules/.bin/bun scripts/bench/truth.ts [--rounds 3] [--seconds 20] [--connections 20]
 *         [--routes constant,lognormal,bimodal,errors,resets]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { exactMean, exactPercentile, openTruthServer, type TruthRoute } from "../../tests/support/truth_server.ts";
import { EXECUTABLE } from "../executable.ts";
import { listTruthSubjects, type ToolFigures, type TruthSubject } from "./truth_subjects.ts";

const FIGURES = ["mean", "50", "90", "99", "99.9"] as const;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "20" },
    connections: { type: "string", default: "20" },
    routes: { type: "string", default: "constant,lognormal,bimodal" },
  },
});
const [rounds, seconds, connections] = [options.rounds, options.seconds, options.connections].map(Number) as [
  number,
  number,
  number,
];

interface Round {
  readonly figures: ToolFigures;
  readonly exact: Readonly<Record<(typeof FIGURES)[number], number>>;
  readonly served: number;
}

const folder = mkdtempSync(join(tmpdir(), "locust-ts-truth-"));
await using server = await openTruthServer(1);
const subjects = listTruthSubjects({ url: server.url, seconds, connections, folder, executable: resolve(EXECUTABLE) });
console.log(`${rounds} rounds of ${seconds} s, ${connections} connections; load average at the start ${loadavg()[0]}`);
for (const route of options.routes.split(",").map((name) => `/${name}` as TruthRoute)) {
  const results = new Map<string, Round[]>();
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) {
      if (typeof subject.run === "string") continue;
      const measured = await measure(subject, route);
      results.set(subject.name, [...results.get(subject.name) ?? [], measured]);
    }
  }
  printTable(route, results);
}
for (const { name, run } of subjects) if (typeof run === "string") console.log(`${name}: left out, ${run}`);
rmSync(folder, { recursive: true, force: true });

async function measure(subject: TruthSubject, route: TruthRoute): Promise<Round> {
  if (typeof subject.run === "string") throw new Error(subject.run);
  await server.forget();
  const { command, read } = subject.run(route);
  const [program = "", ...args] = command;
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: folder, encoding: "utf8", maxBuffer: 1e8 });
  const took = (await server.record()).map(({ tookMs }) => tookMs);
  if (took.length === 0) throw new Error(`${subject.name} made no request: exit code ${status}\n${stdout}${stderr}`);
  const exact = Object.fromEntries(
    FIGURES.map((figure) => [figure, figure === "mean" ? exactMean(took) : exactPercentile(took, Number(figure))]),
  ) as Round["exact"];
  return { figures: read(stdout), exact, served: took.length };
}

function printTable(route: TruthRoute, results: ReadonlyMap<string, readonly Round[]>): void {
  console.log(`\n${route}, load average ${loadavg()[0]}`);
  console.log(
    `| tool | requests / served | ${FIGURES.map((name) => name === "mean" ? name : `p${name}`).join(" | ")} |`,
  );
  console.log(`| --- | --- |${FIGURES.map(() => " --- |").join("")}`);
  for (const [name, all] of results) {
    const cells = FIGURES.map((figure) => {
      const differences = all.flatMap(({ figures, exact }) =>
        figures[figure] === undefined ? [] : [{ ms: figures[figure] - exact[figure], exact: exact[figure] }]
      );
      if (differences.length === 0) return "–";
      const { ms, exact } = differences.toSorted((a, b) => a.ms - b.ms)[Math.floor(differences.length / 2)]!;
      return `${signed(ms / exact * 100)} % (${signed(ms)} ms of ${exact.toFixed(2)})`;
    });
    const counts = all.map(({ figures, served }) => `${figures.requests} / ${served}`);
    console.log(`| ${name} | ${counts[0]} | ${cells.join(" | ")} |`);
  }
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
