/**
 * A program under a debugger for WebKit's inspector, as the extension for Bun has one: started with `BUN_INSPECT`, so that it waits
 * for us; stopped at a line of one of its scripts.
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { freePort } from "./free_port.ts";

export interface Inspector extends AsyncDisposable {
  /** The value of the expression where the program stopped. Rejects when it ends before. */
  readonly stopped: Promise<string>;
}

export interface InspectorOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  /** The end of the script's URL. */
  readonly script: string;
  /** The first line of the script as it runs that matches. */
  readonly line: RegExp;
  /** What is read there; a text. */
  readonly expression: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
}

export async function openInspector(options: InspectorOptions): Promise<Inspector> {
  const url = `ws://127.0.0.1:${await freePort()}/debug`;
  const { cwd, script, line, expression } = options;
  const [program = "", ...args] = options.command;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, BUN_INSPECT: `${url}?wait=1` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => output += String(chunk));
  child.stderr.on("data", (chunk) => output += String(chunk));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const socket = await connect(url, ended);
  const { promise: stopped, resolve, reject } = Promise.withResolvers<string>();
  void ended.then(() => reject(new Error(`the program ended before it stopped at ${line}:\n${output}`)));

  let lastId = 0;
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  const ask = (method: string, params: Record<string, unknown> = {}) => {
    const id = ++lastId;
    socket.send(JSON.stringify({ id, method, params }));
    return new Promise<Record<string, unknown>>((answer) => waiting.set(id, answer));
  };
  const stopAt = async (scriptId: unknown) => {
    const { scriptSource } = await ask("Debugger.getScriptSource", { scriptId });
    const lineNumber = String(scriptSource).split("\n").findIndex((text) => line.test(text));
    await ask("Debugger.setBreakpoint", { location: { scriptId, lineNumber, columnNumber: 0 } });
  };
  const readThere = async (callFrameId: unknown) => {
    const { result } = await ask("Debugger.evaluateOnCallFrame", { callFrameId, expression });
    resolve(String((result as { readonly value?: unknown }).value));
  };
  socket.onmessage = ({ data }) => {
    const { id, method, params, result } = JSON.parse(String(data)) as Message;
    if (id !== undefined) waiting.get(id)?.(result ?? {});
    if (method === "Debugger.scriptParsed" && String(params?.["url"]).endsWith(script)) {
      void stopAt(params?.["scriptId"]);
    }
    if (method === "Debugger.paused") {
      const [innermost] = params?.["callFrames"] as { readonly callFrameId: string }[];
      void readThere(innermost?.callFrameId);
    }
  };
  for (const method of ["Inspector.enable", "Runtime.enable", "Debugger.enable"]) void ask(method);
  void ask("Debugger.setBreakpointsActive", { active: true });
  void ask("Inspector.initialized");
  return {
    stopped,
    async [Symbol.asyncDispose]() {
      socket.close();
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The program listens as soon as it has started: tried until it does. */
async function connect(url: string, ended: Promise<void>): Promise<WebSocket> {
  let hasEnded = false;
  void ended.then(() => hasEnded = true);
  while (!hasEnded) {
    const socket = new WebSocket(url);
    const isOpen = await new Promise<boolean>((settle) => {
      socket.onopen = () => settle(true);
      socket.onerror = () => settle(false);
    });
    if (isOpen) return socket;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the program ended before a debugger could connect");
}
