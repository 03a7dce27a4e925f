/**
 * Check: time, timers and chance are arguments. Only the composition roots take the system's own and pass them on, so that every other
 * part can be tested with a clock that stands still and numbers that repeat. A unit test that needs real time says so by a function of
 * `tests/support/real_time.ts`.
 */
import { lineAt, type Problem, type SourceFile } from "./source_tree.ts";

/** Where a process, a thread or a program of its own is put together. */
const ROOTS = [
  "src/cli/program.ts",
  "src/thread/thread_main.ts",
  "src/control/control_main.ts",
  "src/library/local_load.ts",
  "src/user/running/run_single_user.ts",
];
/** What a script can make by hand, with no root around it. */
const DETACHED = [
  "src/user/environment.ts",
  "src/user/events/request_hook.ts",
  "src/user/lifecycle/run_context.ts",
  "src/http/session/session_owner.ts",
];
/** Wraps the runtime's. */
const OWNERS = ["src/base/clock.ts", "src/base/detached_clock.ts"];

const TIMERS = /(?<![\w$.])(?:globalThis\s*\.\s*)?(setTimeout|setInterval)\s*\(/g;

const SOURCES: readonly { readonly uses: RegExp; readonly allowed: readonly string[]; readonly advice: string }[] = [
  { uses: /\b(systemClock)\b/g, allowed: [...OWNERS, ...ROOTS], advice: "take a Clock as an argument" },
  { uses: /\b(detachedClock)\b/g, allowed: [...OWNERS, ...DETACHED], advice: "take a Clock as an argument" },
  {
    uses: TIMERS,
    allowed: OWNERS,
    advice: "use Clock.schedule()",
  },
  { uses: /\b(Date\s*\.\s*now|performance\s*\.\s*now)\b/g, allowed: OWNERS, advice: "use Clock.wallMs() or nowMs()" },
  { uses: /\b(Math\s*\.\s*random)\b/g, allowed: [], advice: "take a Random as an argument" },
];

/** `src/platform` works below the clock: it times sockets by the runtime's own. */
export function checkAmbientSources(files: readonly SourceFile[]): readonly Problem[] {
  const sources = files.filter(({ path }) => path.startsWith("src/") && !path.startsWith("src/platform/"));
  return [...sources.flatMap(findAmbient), ...files.filter(isUnitTest).flatMap(findSleeps)];
}

/** `tests/e2e` runs real processes, `tests/checks` holds samples. */
function isUnitTest({ path }: SourceFile): boolean {
  return /^tests\/(?!e2e\/|checks\/).*_test\.ts$/.test(path);
}

function findSleeps({ path, code }: SourceFile): readonly Problem[] {
  return [...code.matchAll(TIMERS)].map((match) => ({
    path,
    line: lineAt(code, match.index),
    text: `uses ${
      match[1]
    }: advance a FakeClock or await an event; where real time is the point, use tests/support/real_time.ts`,
  }));
}

function findAmbient({ path, code }: SourceFile): readonly Problem[] {
  return SOURCES.filter(({ allowed }) => !allowed.includes(path)).flatMap(({ uses, advice }) =>
    [...code.matchAll(uses)].map((match) => ({
      path,
      line: lineAt(code, match.index),
      text: `uses ${match[1]?.replaceAll(/\s/g, "")}: only composition roots may; ${advice}`,
    }))
  );
}
