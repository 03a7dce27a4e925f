/**
 * Check: imports go down the staircase of folders and never up, and `master` and `worker` do not know each other. A reader
 * of a folder needs to know what is below it, and nothing else.
 */
import { type Problem, resolveImport, type SourceFile } from "./source_tree.ts";

/** From the top step to the bottom one. A folder may import those that come after it, and itself. */
export const STAIRCASE = [
  "cli",
  "library",
  "server",
  "session",
  "report",
  "master",
  "worker",
  "thread",
  "control",
  "user",
  "http",
  "link",
  "protocol",
  "load",
  "stats",
  "demo",
  "platform",
  "base",
] as const;

/**
 * Steps inside a folder, from the top one down, where its parts stand on each other in one direction too. `.` is the step of the
 * files that lie in the folder itself; where it is missing, none may.
 */
const INNER_STEPS: Readonly<Record<string, readonly string[]>> = {
  "src/cli": [".", "verbs", "run", "calibration", "outputs", "hit", "terminal", "options"],
  "src/cli/options": [".", "selection", "locustfile", "reading", "table"],
  "src/cli/run": [".", "web", "worker", "setup", "cluster", "resume"],
  "src/server": [".", "api", "locust", "login", "orders", "feed", "routing", "answers"],
  "src/report": [
    ".",
    "terminal",
    "comparison",
    "page",
    "github",
    "junit",
    "markdown",
    "csv",
    "exports",
    "tables",
    "summary",
    "files",
  ],
  "src/http": ["session", "request", "engine", "cookies", "bytes"],
  "src/worker": [".", "pool"],
  "src/control": [".", "shapes"],
  "src/base": [".", "hints", "text"],
  "src/protocol": ["wire", "."],
  "src/stats": [
    "capacity",
    "verdict",
    "ledger",
    "thresholds",
    "recording",
    "delta",
    "measures",
    "comparison",
    "groups",
    "ticks",
    "histogram",
  ],
  web: [".", "component", "model", "view", "source"],
};

/** Pairs that would go down the stairs and still must not be: the two sides of a link, and what has to stand by itself. */
const STRANGERS: readonly (readonly [from: string, to: string, why: string])[] = [
  ["master", "worker", "they meet in protocol/ and link/"],
  ["cli", "library", "they are two ways in to the same parts"],
  ["protocol", "load", "protocol/ stands on base/ alone"],
  ["protocol", "stats", "protocol/ stands on base/ alone"],
  ["protocol", "demo", "protocol/ stands on base/ alone"],
  ["protocol", "platform", "protocol/ stands on base/ alone"],
];

/** The one step up: what is counted and planned has the shape that messages carry. The wire itself is out of bounds. */
const MESSAGE_SHAPES = /^src\/protocol\/\w+_message\.ts$/;
const MAY_USE_MESSAGE_SHAPES = ["load", "stats"];

const RENDERS_PAGES: readonly string[] = ["report", "server"];

export function checkStaircase(files: readonly SourceFile[]): readonly Problem[] {
  return files.flatMap((file) => [...checkFolder(file), ...checkImports(file)]);
}

function checkFolder({ path }: SourceFile): readonly Problem[] {
  const folder = folderOf(path);
  if (folder === undefined || rankOf(folder) >= 0) return [];
  return [{ path, text: `the folder ${folder}/ has no step on the staircase` }];
}

function checkImports({ path, imports }: SourceFile): readonly Problem[] {
  const from = folderOf(path); // undefined for `src/main.ts`, which is above the stairs, and beside them
  return imports.flatMap(({ specifier, line }): Problem[] => {
    const target = resolveImport(path, specifier);
    if (target === undefined) return [];
    const reason = (from === undefined ? undefined : findObjection(from, target)) ?? findInnerObjection(path, target);
    return reason === undefined ? [] : [{ path, line, text: `imports ${target}: ${reason}` }];
  });
}

function findObjection(from: string, target: string): string | undefined {
  // The public names are imported where they are handed to a locustfile.
  if (target === "mod.ts") return rankOf(from) <= rankOf("control") ? undefined : "only thread/ and above may";
  if (target === "package.json") return undefined;
  // Texts that `init` writes; nothing in them runs here.
  if (target.startsWith("templates/")) return from === "cli" ? undefined : "only cli/ writes templates";
  // The components that the page is made of: rendered to text here, and by the page's own script again.
  if (target.startsWith("web/")) {
    return RENDERS_PAGES.includes(from) ? undefined : "only report/ and server/ render pages";
  }
  const to = folderOf(target);
  if (to === undefined) return "nothing imports what is above the stairs";
  if (from === to) return undefined;
  const stranger = STRANGERS.find(([one, other]) => one === from && other === to);
  if (stranger !== undefined) return stranger[2];
  if (rankOf(from) < rankOf(to)) return undefined;
  return MAY_USE_MESSAGE_SHAPES.includes(from) && MESSAGE_SHAPES.test(target) ? undefined : `${to}/ is above ${from}/`;
}

function findInnerObjection(path: string, target: string): string | undefined {
  if (target.endsWith(".txt")) return undefined; // a text that is embedded imports nothing
  for (const [folder, steps] of Object.entries(INNER_STEPS)) {
    const [from, to] = [stepOf(folder, path), stepOf(folder, target)];
    if (from === undefined || to === undefined) continue;
    if (!steps.includes(from)) {
      return `${path} lies beside the steps of ${nameStep(folder, "")}: ${steps.join(", ")}`;
    }
    if (steps.indexOf(from) > steps.indexOf(to)) {
      return `${nameStep(folder, to)} is above ${nameStep(folder, from)}`;
    }
  }
  return undefined;
}

/** The part of `folder` that a file lies in: the name of a folder, or `.`; undefined for a file outside of it. */
function stepOf(folder: string, path: string): string | undefined {
  const rest = path.startsWith(`${folder}/`) ? path.slice(`${folder}/`.length) : undefined;
  return rest?.includes("/") ? rest.split("/")[0] : rest && ".";
}

/** As a reader of `src` calls it; without a step the folder itself. */
function nameStep(folder: string, step: string): string {
  const name = folder.replace(/^src\//, "");
  if (step === ".") return `what lies in ${name}/ itself`;
  return step === "" ? `${name}/` : `${name}/${step}/`;
}

/** `src/http/engine/engine.ts` → `http`; undefined for what lies in `src` itself or outside it. */
function folderOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

function rankOf(folder: string): number {
  return (STAIRCASE as readonly string[]).indexOf(folder);
}
