/**
 * The container image as tests use it: built by buildah without a daemon, in a storage of its own that goes with the test. Each container
 * runs in a root of its own, with the network of this machine.
 */
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { requireRoot, requireThat, requireTool, type SkipReason } from "./requirements.ts";
import { type CliProcess, startCli } from "./run_cli.ts";
import { TempFolder } from "./temp_folder.ts";

/** False if images can be built and run here. */
export function requireImages(): SkipReason {
  return requireTool("buildah", "pgrep") || requireRoot() ||
    requireThat(process.platform === "linux" && process.arch === "x64", "needs Linux on x64");
}

export interface ImageConfig {
  readonly User: string;
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly WorkingDir: string;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

export interface ContainerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Mounted as /mnt/locust. */
  readonly files?: string;
}

export class Image implements Disposable {
  readonly #storage = new TempFolder();
  readonly #containers: CliProcess[] = [];
  readonly config: ImageConfig;

  /** Builds it with the executable at `executable`. */
  constructor(executable: string) {
    chmodSync(this.#storage.path, 0o755); // another user enters it
    const context = this.#storage.at("context");
    must("node_modules/bun/bin/bun.exe", ["scripts/image.ts", "amd64", "--executable", executable, "--out", context]);
    const build = [
      "build",
      "--isolation",
      "chroot",
      "--format",
      "docker",
      "-t",
      "locust-ts",
      "-f",
      resolve("Dockerfile"),
    ];
    must("buildah", [...this.#store(), ...build, context]);
    const { Docker } = JSON.parse(must("buildah", [...this.#store(), "inspect", "--type", "image", "locust-ts"]));
    this.config = Docker.config;
  }

  /** Paths of all files and folders inside. */
  list(): readonly string[] {
    return must("find", [this.#storage.at("context/amd64"), "-printf", "/%P\n"]).split("\n");
  }

  /** Adds a container; its command is the image's with `args`. */
  create(): string {
    return must("buildah", [...this.#store(), "from", "locust-ts"]).trim();
  }

  run(container: string, args: readonly string[], { env = {}, files }: ContainerOptions = {}): CliProcess {
    const settings = [
      ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...(files === undefined ? [] : ["--volume", `${files}:/mnt/locust`]),
    ];
    const command = ["buildah", ...this.#store(), "run", "--isolation", "chroot", "--network", "host", ...settings];
    const started = startCli(args, { command: [...command, container, "--", ...this.config.Entrypoint] });
    this.#containers.push(started);
    return started;
  }

  /** Sends a signal to the container's first process, as `docker stop` does. */
  stop(container: CliProcess): void {
    const first = innermost(Number(container.child.pid));
    process.kill(first, "SIGTERM");
  }

  [Symbol.dispose](): void {
    for (const { child } of this.#containers) child.kill("SIGKILL");
    spawnSync("buildah", [...this.#store(), "rm", "--all"]);
    this.#storage[Symbol.dispose]();
  }

  #store(): readonly string[] {
    const root = (name: string) => join(this.#storage.path, name);
    return ["--storage-driver", "vfs", "--root", root("storage"), "--runroot", root("run")];
  }
}

/** buildah → its helper in the new root → the command. */
function innermost(pid: number): number {
  const child = spawnSync("pgrep", ["-P", String(pid)], { encoding: "utf8" }).stdout.trim().split("\n")[0];
  return child === undefined || child === "" ? pid : innermost(Number(child));
}

function must(command: string, args: readonly string[]): string {
  const result = spawnSync(command, [...args], { encoding: "utf8" });
  if (result.status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${result.status}:\n${result.stderr}`);
  }
  return result.stdout;
}
