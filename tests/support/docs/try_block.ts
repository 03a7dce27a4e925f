/** Tries one code block of the documentation, by its language and the comment above it. Each answer is a list of what is wrong. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parse } from "yaml";
import { freePort } from "../free_port.ts";
import type { CodeBlock } from "../doc_blocks.ts";
import { readExposition } from "../read_exposition.ts";
import { readCsv } from "../read_csv.ts";
import { readInfluxLine } from "../read_influx_line.ts";
import { shorten, type Systems } from "./page_folder.ts";

export type Problems = readonly string[];

interface Surroundings {
  readonly systems: Systems;
  readonly folder: string;
}

/** Far above what a block needs on a busy machine. */
const LIMIT_MS = 60_000;

/** Shorter reasons explain nothing. */
const LEAST_REASON = 10;

/** Blocks that stand for a file, which other blocks of the page read. */
export function writeFilesOf(blocks: readonly CodeBlock[], { systems, folder }: Surroundings): void {
  for (const { note, text } of blocks) {
    if (note?.kind === "file") writeFileSync(join(folder, note.text), shorten(text, systems));
  }
}

export function tryBlock(block: CodeBlock, at: Surroundings): Promise<Problems> | Problems {
  const { kind, text = "" } = block.note ?? {};
  if (kind === "not run") return text.length < LEAST_REASON ? [`"${text}" says too little`] : [];
  if (kind === "output of") return tryOutput(block, text, at);
  if (kind === "file") return []; // the blocks that read it are tried
  if (kind === "read as") return tryReading(block.text, text);
  switch (block.language) {
    case "ts":
      return tryTypeScript(block, at);
    case "sh":
      return kind === "side by side" ? trySideBySide(block.text, at) : runShell(block.text, at);
    case "json":
      return attempt(() => JSON.parse(block.text));
    case "yaml":
      return tryYaml(block.text, at);
    case "groovy":
      return runShell(
        locustLines([...block.text.matchAll(/sh '([^']*)'|sh """([^"]*)"""/g)].map(([, a, b]) => a ?? b ?? "")),
        at,
      );
    default:
      return [`a block in "${block.language}" is neither tried nor marked: write <!-- not run: why --> above it`];
  }
}

function tryTypeScript(block: CodeBlock, at: Surroundings): Promise<Problems> {
  const name = `block_${block.line}.ts`;
  const { systems: { demo, anyUrl }, folder } = at;
  const { kind, text: call } = block.note ?? {};
  const host = kind === "any system" ? anyUrl : demo.url;
  writeFileSync(join(folder, name), shorten(block.text, at.systems));
  if (kind === "program") {
    const module = JSON.stringify(`./${name}`);
    const code = `import * as page from ${module};\nconst host = ${JSON.stringify(host)};\nawait page.${call};\n`;
    writeFileSync(join(folder, `call_${name}`), code);
    return runShell(`bun call_${name}`, at);
  }
  if (kind === "loaded only") return runShell(`locust-ts run ${name} --list`, at);
  if (/^export class \w+ extends \w*User\b/m.test(block.text)) {
    return runShell(`locust-ts run ${name} -H ${host} --once`, at);
  }
  const run = `locust-ts run locustfile.ts,${name} -H ${host}`;
  const shapes = [...block.text.matchAll(/^export class (\w+) extends \w*Shape\b/gm)].map(([, shape]) => shape);
  if (shapes.length === 0) return runShell(`${run} -u 2 -r 10 -t 2s`, at);
  return runShell(shapes.map((shape) => `stay "Shape test updating" ${run} --shape ${shape}`).join("\n"), at);
}

/** A master and a worker: each line is a program, and all run at once. */
function trySideBySide(text: string, at: Surroundings): Promise<Problems> {
  const lines = text.trimEnd().replaceAll("\\\n", " ").split("\n").map((line) => line.replace(/\s+#.*$/, ""));
  const started = lines.map((line) => `${line} &\nstarted="$started $!"\n`);
  return runShell(`${started.join("")}for id in $started; do wait $id; done`, at);
}

/** The block is in what the command prints. */
async function tryOutput(block: CodeBlock, command: string, at: Surroundings): Promise<Problems> {
  const { output } = await execute(command, at);
  return output.includes(block.text.trimEnd()) ? [] : [`the command printed\n${output}`];
}

function tryReading(text: string, format: string): Problems {
  const lines = text.trimEnd().split("\n");
  switch (format) {
    case "prometheus":
      return attempt(() => {
        for (const [family, samples] of Map.groupBy(lines, familyOf)) {
          readExposition(`# HELP ${family.split(" ")[0]} …\n# TYPE ${family}\n${samples.join("\n")}\n`, "text");
        }
      });
    case "influx":
      return attempt(() => lines.forEach(readInfluxLine));
    case "csv":
      return attempt(() => {
        const widths = readCsv(`${lines.join("\r\n")}\r\n`).map((row) => row.length);
        if (new Set(widths).size !== 1) throw new Error(`its rows have ${widths} cells`);
      });
    case "statsd":
      return lines.filter((line) => !/^[\w.]+:[\d.]+\|[gc](?:\|#\w+:[^,|]+(?:,\w+:[^,|]+)*)?$/.test(line));
    default:
      return [`there is no reader of "${format}"`];
  }
}

function familyOf(line: string): string {
  const name = /^\w+/.exec(line)?.[0] ?? "";
  const histogram = name.replace(/_(?:bucket|sum|count)$/, "");
  if (histogram !== name) return `${histogram} histogram`;
  return `${name} ${name.endsWith("_total") ? "counter" : "gauge"}`;
}

/** Workflows of CI systems: the load test in them is run. */
function tryYaml(text: string, at: Surroundings): Promise<Problems> | Problems {
  const pipeline = parse(text) as Readonly<Record<string, unknown>>;
  const commands = "jobs" in pipeline ? actionCommands(pipeline) : scriptCommands(pipeline);
  return commands.length === 0 ? ["no load test is in it"] : runShell(commands.join("\n"), at);
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

/** The step of the action as its script would run it; other steps' commands as they are. */
function actionCommands(workflow: Readonly<Record<string, unknown>>): readonly string[] {
  const jobs = Object.values(workflow["jobs"] as Readonly<Record<string, { readonly steps: readonly Step[] }>>);
  return jobs.flatMap(({ steps }) => steps).flatMap(({ uses = "", run = "", with: inputs = {} }) => {
    if (!uses.includes("locust-ts")) return locustLines([run]).split("\n").filter((line) => line !== "");
    const thresholds = (inputs["thresholds"] ?? "").split("\n").filter((line) => line.trim() !== "");
    const flags = thresholds.map((threshold) => `--threshold '${threshold}'`);
    return [`locust-ts run locustfile.ts ${inputs["args"] ?? ""} ${flags.join(" ")}`];
  });
}

function scriptCommands(pipeline: Readonly<Record<string, unknown>>): readonly string[] {
  const scripts = Object.values(pipeline).flatMap((job) =>
    (job as { script?: readonly string[] } | null)?.script ?? []
  );
  return locustLines(scripts).split("\n").filter((line) => line !== "");
}

/** Of the commands of a pipeline those that are ours: what installs and starts other things is the reader's. */
function locustLines(commands: readonly string[]): string {
  return commands.flatMap((command) => command.replace(/\\\n/g, " ").split("\n")).map((line) => line.trim())
    .filter((line) => line.startsWith("locust-ts ")).join("\n");
}

function attempt(read: () => void): Problems {
  try {
    read();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** A busy machine may not meet a page's thresholds, or may be too busy for figures: exit codes that say nothing about the block. */
const THRESHOLDS_BROKEN = 3;
const INVALID = 4;

async function runShell(script: string, at: Surroundings): Promise<Problems> {
  const { code, output } = await execute(script, at);
  const isFine = code === 0 || code === THRESHOLDS_BROKEN ||
    (code === INVALID && !output.includes("No request was counted"));
  return isFine ? [] : [`ended with ${code}:\n${shorten(script, at.systems)}\n${output}`];
}

/** `stay TEXT COMMAND` ends a program that would stay when it has printed the text; an endless answer after a second. */
const PREAMBLE = `
stay() {
  local until="$1"
  shift
  rm -f stayed.txt
  "$@" >stayed.txt 2>&1 &
  until grep -qs "$until" stayed.txt; do kill -0 $! && sleep 0.05; done
  kill -INT $!
  wait $! || test $? = 4 || { cat stayed.txt; return 1; }
}
curl() { timeout 5 curl --max-time 2 "$@" || test $? = 28; echo; }
`;

async function execute(
  script: string,
  { systems, folder }: Surroundings,
): Promise<{ readonly code: number; readonly output: string }> {
  const port = String(await freePort());
  const text = shorten(script, systems).replace(/^(?:dist\/)?locust-ts demo\b/gm, "stay http: $& --port 0")
    .replace(/^locust-ts debug\b/gm, "stay items $&");
  const child = spawn("bash", ["-e", "-o", "pipefail", "-c", `${PREAMBLE}\n${text}`], {
    cwd: folder,
    detached: true, // a group of its own, to be ended as a whole
    env: {
      ...process.env,
      PATH: `${folder}/bin:${process.cwd()}/node_modules/.bin:${process.env["PATH"]}`,
      HOME: folder,
      NO_COLOR: "1",
      LOCUST_MASTER_BIND_PORT: port,
      LOCUST_MASTER_NODE_PORT: port,
      LOCUST_MASTER_TOKEN: "of the documentation's tests",
    },
  });
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk);
  child.stderr.on("data", (chunk) => output += chunk);
  const limit = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, "SIGKILL"), LIMIT_MS);
  return new Promise((resolve) =>
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve({ code: code ?? -1, output });
    })
  );
}
