/**
 * Network namespaces for one test: hosts with cables between them, all made here and all taken away again, with the processes
 * in them, also when the test fails. Needs root.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import process from "node:process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findTool, requireRoot, requireThat, requireTool, type SkipReason } from "./requirements.ts";

const BAD_WIRE = fileURLToPath(new URL("bad_wire.py", import.meta.url));
const COUNTING_MAIN = fileURLToPath(new URL("counting_main.ts", import.meta.url));
const BUN = fileURLToPath(new URL("../../node_modules/bun/bin/bun.exe", import.meta.url));

export interface Badness {
  readonly delayMs: number;
  /** Shares of the frames. */
  readonly loss: number;
  readonly reorder: number;
}

/** A system under test in a namespace. */
export interface RemoteSystem {
  total(): Promise<number>;
}

/** False if namespaces can be made here. */
export function requireNamespaces(): SkipReason {
  return requireTool("ip") || requireRoot() || requireThat(canMakeOne(), "no network namespaces can be made");
}

export class Namespaces {
  readonly #prefix = `lts${process.pid}-${Math.random().toString(36).slice(2, 6)}`;
  readonly #names: string[] = [];
  readonly #children: ChildProcess[] = [];

  /** A host of its own, with loopback. Returns what to put before a command that is to run there. */
  addHost(name: string): readonly string[] {
    const namespace = this.#nameOf(name);
    ip("netns", "add", namespace);
    this.#names.push(namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
    return this.into(name);
  }

  /** What to put before a command that is to run on that host. */
  into(name: string): readonly string[] {
    return [ipPath(), "netns", "exec", this.#nameOf(name)];
  }

  /** A cable from `a` (address 10.77.`net`.1, interface `eth<net>`) to `b` (10.77.`net`.2, `eth0`). */
  connect(a: string, b: string, net: number): void {
    const [near, far] = [`ltsn${process.pid % 10_000}${net}`, `ltsf${process.pid % 10_000}${net}`];
    ip("link", "add", near, "type", "veth", "peer", "name", far);
    this.#plug(near, a, `eth${net}`, `10.77.${net}.1/24`);
    this.#plug(far, b, "eth0", `10.77.${net}.2/24`);
  }

  /** The same through a cable that delays, loses and reorders. */
  async connectBadly(a: string, b: string, net: number, { delayMs, loss, reorder }: Badness): Promise<void> {
    const middle = `wire${net}`;
    this.addHost(middle);
    this.connect(a, middle, net);
    const [near, far] = [`ltsm${process.pid % 10_000}${net}`, `ltsw${process.pid % 10_000}${net}`];
    ip("link", "add", near, "type", "veth", "peer", "name", far);
    this.#plug(near, middle, "eth1", undefined);
    this.#plug(far, b, "eth0", `10.77.${net}.2/24`);
    ip("-n", this.#nameOf(middle), "addr", "flush", "dev", "eth0");
    run([...this.into(a), "python3", BAD_WIRE, "plain", `eth${net}`]);
    run([...this.into(b), "python3", BAD_WIRE, "plain", "eth0"]);
    const figures = [delayMs, loss, reorder].map(String);
    const wire = this.start(middle, ["python3", BAD_WIRE, "carry", "eth0", "eth1", ...figures]);
    await nextLine(createInterface({ input: wire.stdout! }));
  }

  /** From now on packets of more than 576 bytes to `b` are lost on a cable from `a`, and neither host is told. */
  loseLargePackets(a: string, b: string, net: number): void {
    run([...this.into(a), "python3", BAD_WIRE, "plain", `eth${net}`]);
    const namespace = this.#nameOf(b);
    ip("-n", namespace, "link", "set", "eth0", "mtu", "576");
    ip(
      "-n",
      namespace,
      "route",
      "replace",
      `10.77.${net}.0/24`,
      "dev",
      "eth0",
      "src",
      `10.77.${net}.2`,
      "advmss",
      "1460",
    );
  }

  /** Pulls the cable's plug at `host`, or puts it back. No packet reports it. */
  setLink(host: string, device: string, state: "up" | "down"): void {
    ip("-n", this.#nameOf(host), "link", "set", device, state);
  }

  /** A process on that host, ended with it. */
  start(host: string, command: readonly string[]): ChildProcess {
    const [program, ...args] = [...this.into(host), ...command] as [string, ...string[]];
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#children.push(child);
    return child;
  }

  /** The counting system on 127.0.0.1:`port` of that host. */
  async startSystem(host: string, port: number): Promise<RemoteSystem> {
    const child = this.start(host, [BUN, COUNTING_MAIN, String(port)]);
    const lines = createInterface({ input: child.stdout! });
    await nextLine(lines);
    return {
      async total() {
        const answer = nextLine(lines);
        child.stdin!.write("?\n");
        return Number(await answer);
      },
    };
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill("SIGKILL");
    for (const namespace of this.#names.splice(0)) ip("netns", "del", namespace);
  }

  #plug(device: string, host: string, name: string, address: string | undefined): void {
    const namespace = this.#nameOf(host);
    ip("link", "set", device, "netns", namespace);
    ip("-n", namespace, "link", "set", device, "name", name);
    if (address !== undefined) ip("-n", namespace, "addr", "add", address, "dev", name);
    ip("-n", namespace, "link", "set", name, "up");
  }

  #nameOf(host: string): string {
    return `${this.#prefix}-${host}`;
  }
}

function nextLine(lines: Interface): Promise<string> {
  return new Promise((resolve, reject) => {
    lines.once("line", resolve);
    lines.once("close", () => reject(new Error("the process ended")));
  });
}

function canMakeOne(): boolean {
  const name = `lts${process.pid}-probe`;
  try {
    ip("netns", "add", name);
    ip("netns", "del", name);
    return true;
  } catch {
    return false; // a container without the right to
  }
}

function ipPath(): string {
  return findTool("ip") ?? "ip";
}

function ip(...args: readonly string[]): void {
  run([ipPath(), ...args]);
}

function run([program, ...args]: readonly string[]): void {
  execFileSync(program!, args, { stdio: ["ignore", "ignore", "pipe"] });
}
