// The install script in both shells that it meets most, against a server with a release of small scripts in place of executables.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { requireTool } from "../support/requirements.ts";
import { TempFolder } from "../support/temp_folder.ts";

const SCRIPT = resolve("scripts/install.sh");
const PLATFORMS = ["linux-x64", "linux-x64-musl", "linux-arm64", "darwin-arm64", "darwin-x64"];

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A release by file name, served over HTTP. Each executable says which one it is. */
async function serveRelease(change: (files: Map<string, string>) => void = () => {}) {
  const files = new Map(PLATFORMS.map((name) => [`locust-ts-${name}`, `#!/bin/sh\necho "this is ${name}"\n`]));
  const sums = [...files].map(([name, text]) => `${createHash("sha256").update(text).digest("hex")}  ${name}\n`);
  files.set("SHA256SUMS", sums.join(""));
  change(files);
  const server = createServer((request, response) => {
    const text = files.get(request.url?.replace("/v1/", "") ?? "");
    response.writeHead(text === undefined ? 404 : 200);
    response.end(text ?? "");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.dispose]: () => void server.close(),
  };
}

/** Stand-ins for programs of the system come first on the PATH. */
function install(
  folder: TempFolder,
  shell: string,
  args: readonly string[],
  programs: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const bin = folder.at("bin");
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const child = spawn(shell, [SCRIPT, ...args], {
    cwd: folder.path,
    env: { PATH: `${bin}:${process.env["PATH"]}`, HOME: folder.at("home"), no_proxy: "127.0.0.1" },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => stdout += chunk);
  child.stderr.on("data", (chunk) => stderr += chunk);
  return new Promise((ended) => child.on("close", (code) => ended({ code, stdout, stderr })));
}

const uname = (system: string, machine: string) => `case "$1" in -s) echo ${system};; -m) echo ${machine};; esac`;
const GLIBC = { getconf: 'echo "glibc 2.41"' };
const MUSL = { getconf: "exit 1", ldd: 'echo "musl libc (x86_64)" >&2; exit 1' };
const NO_ROSETTA = { sysctl: "exit 1" };

const MACHINES = [
  { says: "Debian on x64", programs: { uname: uname("Linux", "x86_64"), ...GLIBC }, platform: "linux-x64" },
  { says: "Alpine on x64", programs: { uname: uname("Linux", "x86_64"), ...MUSL }, platform: "linux-x64-musl" },
  { says: "Debian on arm64", programs: { uname: uname("Linux", "aarch64"), ...GLIBC }, platform: "linux-arm64" },
  {
    says: "a Mac with Apple silicon",
    programs: { uname: uname("Darwin", "arm64"), ...NO_ROSETTA },
    platform: "darwin-arm64",
  },
  {
    says: "a shell under Rosetta",
    programs: { uname: uname("Darwin", "x86_64"), sysctl: "echo 1" },
    platform: "darwin-arm64",
  },
  {
    says: "a Mac with Intel",
    programs: { uname: uname("Darwin", "x86_64"), sysctl: "echo 0" },
    platform: "darwin-x64",
  },
] as const;

for (const shell of ["dash", "bash"]) {
  const options = { skip: requireTool(shell, "curl") };

  for (const { says, programs, platform } of MACHINES) {
    test(`install.sh in ${shell} picks the executable for ${says}`, options, async () => {
      using folder = new TempFolder();
      using release = await serveRelease();
      const to = folder.at("a folder/bin");
      const outcome = await install(folder, shell, ["--base-url", `${release.url}/`, "--to", to], programs);
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.match(outcome.stdout, new RegExp(`^Installed this is ${platform} as `));
      assert.match(outcome.stdout, /Put its folder on the PATH/);
      assert.match(readFileSync(join(to, "locust-ts"), "utf8"), new RegExp(`this is ${platform}\n?"`));
      assert.equal(statSync(join(to, "locust-ts")).mode & 0o777, 0o755);
      assert.deepEqual(readdirSync(to), ["locust-ts"], "nothing else stays behind");
    });
  }

  test(`install.sh in ${shell} installs into ~/.local/bin without --to`, options, async () => {
    using folder = new TempFolder();
    using release = await serveRelease();
    const outcome = await install(folder, shell, ["--base-url", release.url], MACHINES[0].programs);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.ok(existsSync(folder.at("home/.local/bin/locust-ts")));
  });

  const refusals = [
    {
      says: "a file that was changed on the way",
      change: (files: Map<string, string>) => void files.set("locust-ts-linux-x64", "#!/bin/sh\necho other\n"),
      problem: /locust-ts-linux-x64 has the checksum \w{64}, not \w{64}; the download is damaged or not genuine/,
    },
    {
      says: "a release without its executable",
      change: (files: Map<string, string>) => void files.set("SHA256SUMS", "00  locust-ts-windows-x64.exe\n"),
      problem: /has no locust-ts-linux-x64/,
    },
    {
      says: "an address without a release",
      change: (files: Map<string, string>) => files.clear(),
      problem: /SHA256SUMS cannot be downloaded/,
    },
  ];
  for (const { says, change, problem } of refusals) {
    test(`install.sh in ${shell} refuses ${says}, and keeps what was there`, options, async () => {
      using folder = new TempFolder({ "bin2/locust-ts": "the old one" });
      using release = await serveRelease(change);
      const to = folder.at("bin2");
      const outcome = await install(folder, shell, ["--base-url", release.url, "--to", to], MACHINES[0].programs);
      assert.equal(outcome.code, 1, outcome.stdout);
      assert.match(outcome.stderr, problem);
      assert.match(outcome.stderr, /^Cannot install locust-ts: /m);
      assert.equal(readFileSync(folder.at("bin2/locust-ts"), "utf8"), "the old one");
      assert.deepEqual(readdirSync(to), ["locust-ts"]);
    });
  }

  for (
    const { lacks, grep, problem } of [
      { lacks: "SSE4.2", grep: "exit 1", problem: /this processor has no SSE4\.2, which locust-ts-linux-x64 needs/ },
      {
        lacks: "something else",
        grep: "exit 0",
        problem: /locust-ts-linux-x64 does not start here; see its words above/,
      },
    ]
  ) {
    test(`install.sh in ${shell} says what a processor without ${lacks} lacks`, options, async () => {
      using folder = new TempFolder();
      const dies = "#!/bin/sh\nkill -ILL $$\n";
      using release = await serveRelease((files) => {
        files.set("locust-ts-linux-x64", dies);
        files.set("SHA256SUMS", `${createHash("sha256").update(dies).digest("hex")}  locust-ts-linux-x64\n`);
      });
      const programs = { ...MACHINES[0].programs, grep };
      const outcome = await install(folder, shell, ["--base-url", release.url], programs);
      assert.equal(outcome.code, 1, outcome.stdout);
      assert.match(outcome.stderr, problem);
      assert.ok(!existsSync(folder.at("home/.local/bin/locust-ts")));
    });
  }

  test(`install.sh in ${shell} refuses a machine that no executable is for, and bad arguments`, options, async () => {
    using folder = new TempFolder();
    using release = await serveRelease();
    const base = ["--base-url", release.url];
    const plan9 = await install(folder, shell, base, { uname: uname("Plan9", "x86_64") });
    assert.match(plan9.stderr, /no executable for Plan9/);
    const riscv = await install(folder, shell, base, { uname: uname("Linux", "riscv64") });
    assert.match(riscv.stderr, /no executable for the processor riscv64/);
    assert.match((await install(folder, shell, [])).stderr, /no address is known; give .* with --base-url URL/);
    assert.match((await install(folder, shell, ["--to"])).stderr, /--to has no value/);
    assert.match((await install(folder, shell, ["now"])).stderr, /"now" is not known/);
    assert.deepEqual([plan9.code, riscv.code], [1, 1]);
  });
}
