#!/usr/bin/env node
/**
 * `npx locust-ts`: finds the executable in the package of this platform, which npm installs beside this one, and becomes it as far as one process
 * can: input, outputs, signals and exit code are those of the executable.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

const { arch, platform } = process;
const require = createRequire(import.meta.url);

/** musl's loader is where glibc's is not. */
function isMusl() {
  return platform === "linux" && !process.report.getReport().header.glibcVersionRuntime &&
    existsSync("/lib") && readdirSync("/lib").some((name) => name.startsWith("ld-musl-"));
}

function findExecutable() {
  const name = `@locust-ts/${platform === "win32" ? "windows" : platform}-${arch}${isMusl() ? "-musl" : ""}`;
  const file = platform === "win32" ? "locust-ts.exe" : "locust-ts";
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), "bin", file);
  } catch {
    console.error(
      `Cannot start locust-ts: the package ${name} is not installed; install locust-ts again without --omit=optional ` +
        `(executables exist for Linux on x64 and arm64, macOS on both, Windows on x64)`,
    );
    process.exit(2);
  }
}

const child = spawn(findExecutable(), process.argv.slice(2), { stdio: "inherit" });
// A terminal sends Ctrl-C to both; this process waits for what the executable makes of it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("error", (error) => {
  console.error(`Cannot start locust-ts: ${error.message}; install the package again`);
  process.exit(2);
});
child.on("exit", (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
