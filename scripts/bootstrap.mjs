/**
 * The way in for `npm start`, `npm test`, `npm run build`, `npm run check` and the others of `STEPS`, on a machine that has Node.js
 * and npm and nothing else. It installs the locked dependencies when they are missing or stale, then hands over to the step's own
 * script, which runs under Bun. No dependencies, no questions: what runs here can read nothing from the keyboard.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const STEPS = {
  start: "scripts/start.ts",
  test: "scripts/run_tests.ts",
  build: "scripts/build.ts",
  check: "scripts/check.ts",
  release: "scripts/release.ts",
  image: "scripts/image.ts",
  package: "scripts/package.ts",
  docs: "scripts/docs.ts",
};

const OLDEST_NODE = 20;

/** Ends this process with the sentence of what went wrong. */
function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}

function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}

/**
 * Why the installed packages are not the locked ones, or undefined when they are. npm keeps what it has installed in a lock
 * file of its own inside `node_modules`, so an install by hand counts too. Packages of other platforms are absent there.
 */
function findStaleness() {
  if (!existsSync(join(ROOT, "node_modules/.package-lock.json"))) return "node_modules is missing";
  const installed = readJson("node_modules/.package-lock.json").packages;
  for (const [path, wanted] of Object.entries(readJson("package-lock.json").packages)) {
    if (path === "") continue;
    const found = installed[path];
    if (found === undefined && wanted.optional) continue;
    if (found === undefined || !existsSync(join(ROOT, path))) return `${path} is missing`;
    if (found.version !== wanted.version) return `${path} is ${found.version}, not ${wanted.version}`;
  }
  return undefined;
}

/** Runs one command of the set-up to its end; its output goes to stderr, so that stdout stays the step's. */
function setUp(what, command, args) {
  const windowsNpm = process.platform === "win32" && command === "npm";
  const result = spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", 2, 2], shell: windowsNpm });
  if (result.error !== undefined) giveUp(`Cannot ${what}: ${result.error.message}; run "npm ci" in ${ROOT} by hand`);
  if (result.status !== 0) {
    giveUp(`Cannot ${what}: "${command} ${args[0]}" ended with ${result.status ?? result.signal}; see its words above`);
  }
}

function installDependencies(reason) {
  console.error(`Installing the locked dependencies (${reason}) …`);
  // npm says where it is itself when it runs us; started by hand, it is on the PATH. Install scripts are not needed, except
  // the one of Bun, which only puts its executable in place.
  const npmCli = process.env["npm_execpath"];
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  if (npmCli !== undefined && /\.c?js$/.test(npmCli)) {
    setUp("install the dependencies", process.execPath, [npmCli, ...args]);
  } else {
    setUp("install the dependencies", "npm", args);
  }
}

/** Bun's package has a placeholder where its executable belongs until its install script has run. */
function placeBun() {
  if (spawnSync(bunPath(), ["--version"], { stdio: "ignore" }).status === 0) return;
  setUp("set up Bun", process.execPath, ["node_modules/bun/install.js"]);
  const check = spawnSync(bunPath(), ["--version"], { encoding: "utf8" });
  if (check.status !== 0) {
    giveUp(`Cannot start Bun: ${check.error?.message ?? check.stderr}; delete node_modules and try again`);
  }
}

function bunPath() {
  return join(ROOT, "node_modules/bun/bin/bun.exe"); // the name on every platform
}

/** Runs the step and ends as it ends. A Ctrl-C reaches the step by itself; we only wait for what it makes of it. */
function runStep(script, args) {
  const child = spawn(bunPath(), [script, ...args], { cwd: ROOT, stdio: "inherit" });
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => giveUp(`Cannot run ${script}: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

const [step, ...args] = process.argv.slice(2);
const script = STEPS[step ?? ""];
if (script === undefined) giveUp(`Cannot run "${step}": there are ${Object.keys(STEPS).join(", ")}`);
if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  giveUp(`Cannot run on Node.js ${process.versions.node}: it is too old; install Node.js ${OLDEST_NODE} or newer`);
}
const staleness = findStaleness();
if (staleness !== undefined) installDependencies(staleness);
placeBun();
runStep(script, args);
