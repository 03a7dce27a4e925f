import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { listProcessesOf, listZombies } from "../../../src/platform/machine/processes.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** A /proc with the given processes. */
function makeProc(
  processes: Readonly<Record<number, { exe?: string; cmdline?: string; environ?: string; stat?: string }>>,
): TempFolder {
  const proc = new TempFolder({ "uptime": "1 1", "self/stat": "" });
  for (const [pid, { exe, cmdline = "", environ = "", stat = "" }] of Object.entries(processes)) {
    mkdirSync(proc.at(pid));
    if (exe !== undefined) symlinkSync(exe, proc.at(`${pid}/exe`));
    symlinkSync("/mnt/locust", proc.at(`${pid}/cwd`));
    writeFileSync(proc.at(`${pid}/cmdline`), cmdline);
    writeFileSync(proc.at(`${pid}/environ`), environ);
    writeFileSync(proc.at(`${pid}/stat`), stat);
  }
  return proc;
}

/** The line of /proc/PID/stat up to the start time. */
function stat(name: string, state: string, parent: number, startedAt: number): string {
  return `9 (${name}) ${state} ${parent} ${"0 ".repeat(17)}${startedAt} 0 0`;
}

test("listProcessesOf() has arguments, variables, folder and state, by pid", () => {
  using proc = makeProc({
    12: { exe: "/locust-ts", cmdline: "/locust-ts\0health\0", stat: stat("locust-ts", "R", 0, 5) },
    1: {
      exe: "/locust-ts",
      cmdline: "/locust-ts\0-f\0my file.ts\0\0",
      environ: "HOME=/\0A=b=c\0EMPTY=\0",
      stat: stat("locust-ts", "S", 0, 1),
    },
    7: { exe: "/bin/sh", cmdline: "sh\0", stat: stat("sh", "S", 1, 2) },
  });
  assert.deepEqual(listProcessesOf("/locust-ts", proc.path), [
    {
      pid: 1,
      argv: ["-f", "my file.ts", ""],
      env: { HOME: "/", A: "b=c", EMPTY: "" },
      cwd: "/mnt/locust",
      state: "S",
    },
    { pid: 12, argv: ["health"], env: { "": "" }, cwd: "/mnt/locust", state: "R" },
  ]);
});

test("listProcessesOf() and listZombies() find nothing where there is no /proc", () => {
  assert.deepEqual(listProcessesOf("/locust-ts", "/not-there"), []);
  assert.deepEqual(listZombies(1, "/not-there"), []);
});

test("listZombies() lists ended children of one parent, whatever their names", () => {
  using proc = makeProc({
    20: { stat: stat("a) Z 1 (b", "Z", 1, 100) },
    21: { stat: stat("sleep", "S", 1, 101) },
    22: { stat: stat("sleep", "Z", 20, 102) },
    23: { stat: stat("sleep", "Z", 1, 103) },
  });
  assert.deepEqual(listZombies(1, proc.path), [{ pid: 20, id: "20@100" }, { pid: 23, id: "23@103" }]);
});
