/** A server that is a program of its own (nginx, python3): started in a folder of its own, gone with the test. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free_port.ts";
import { findTool } from "./requirements.ts";
import { WireClient } from "./wire_client.ts";

export interface ServerProgram extends AsyncDisposable {
  readonly folder: string;
  readonly ports: readonly number[];
}

/** Starts it with the arguments that `prepare` returns, and waits until each of its ports answers. */
export async function openProgram(
  tool: string,
  prepare: (folder: string, ports: readonly number[]) => readonly string[],
  portCount = 1,
): Promise<ServerProgram> {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-server-"));
  const ports = await Promise.all(Array.from({ length: portCount }, freePort));
  const args = prepare(folder, ports);
  const child = spawn(findTool(tool) ?? tool, args, { cwd: folder, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  for (const port of ports) {
    while (await new WireClient(`http://127.0.0.1:${port}`).outcome("GET", "/") === "ConnectionRefused") {
      if (child.exitCode !== null) throw new Error(`${tool} ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return {
    folder,
    ports,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
