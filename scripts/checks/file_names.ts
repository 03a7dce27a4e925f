/**
 * Check: files are called after what they hold, in snake_case; no drawer files; a test has the name and place of the file that
 * it tests.
 */
import type { Problem, SourceFile } from "./source_tree.ts";

const SNAKE_CASE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*\.(?:ts|tsx|mjs)$/;

/** Names that say nothing about the content, so that everything ends up there. */
const DRAWERS = /(?:^|_)(?:utils?|helpers?|common|misc|shared|stuff|manager|handler|tools?)\.(?:ts|tsx)$/;

/** Barrels: the file that a reader wants is imported by its own name. */
const BARRELS = /^(?:index|mod)\.(?:ts|tsx)$/;

/**
 * Test folders that mirror no source folder: suites over several implementations, real executables, documents, what a release has beside
 * TypeScript, samples.
 */
const FREE_TEST_FOLDERS = [
  "contract",
  "e2e",
  "golden",
  "support",
  "docs",
  "delivery",
  "examples",
  "fault",
  "property",
  "bench",
  "fuzz",
];

export function checkFileNames(files: readonly SourceFile[]): readonly Problem[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap(({ path }) => [...checkName(path), ...checkMirror(path, paths)]);
}

function checkName(path: string): readonly Problem[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (!SNAKE_CASE.test(name)) return [{ path, text: "is not in snake_case" }];
  if (DRAWERS.test(name)) return [{ path, text: "is a drawer: name it after the one thing that it holds" }];
  if (BARRELS.test(name) && path !== "mod.ts") return [{ path, text: "is a barrel: import the files themselves" }];
  return [];
}

/**
 * `tests/stats/histogram/histogram_test.ts` needs `src/stats/histogram/histogram.ts`; a large one may be tested in several files, which begin with
 * its name: `tests/http/session/session_redirects_test.ts`. Scripts are tested in `tests/scripts` and `tests/checks`,
 * the parts of `web` in a folder of that name.
 */
function checkMirror(path: string, paths: ReadonlySet<string>): readonly Problem[] {
  const tested = /^tests\/(.+)_test\.ts$/.exec(path)?.[1];
  if (tested === undefined || FREE_TEST_FOLDERS.includes(tested.split("/")[0] ?? "")) return [];
  const words = tested.split("_");
  const names = words.map((_, index) => words.slice(0, words.length - index).join("_"));
  const candidates = names.flatMap((name) => {
    const script = name.replace(/^scripts\//, "");
    return [
      `src/${name}.ts`,
      ...(name.startsWith("web/") ? [`${name}.ts`, `${name}.tsx`] : []),
      `scripts/${script}.ts`,
      `scripts/${script}.mjs`,
    ];
  });
  if (candidates.some((candidate) => paths.has(candidate))) return [];
  return [{ path, text: `tests nothing: there is no ${candidates[0]}; name a test after the file that it tests` }];
}
