/**
 * `locust-ts health`: whether the locust-ts of this container works, for `HEALTHCHECK` and probes. It finds the
 * process, reads from its command line and variables what it is, and asks its web UI where it has one.
 */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { SeenProcess } from "../../platform/machine/processes.ts";
import { listenHostOf } from "../run/web/web_listen.ts";
import { readConfigSources } from "../options/reading/config_sources.ts";
import { findTypedOption, parseCommandLine } from "../options/parse_command_line.ts";

export interface HealthOptions {
  /** Address of the web UI; undefined: of the locust-ts that runs here. */
  readonly url?: string;
  readonly timeoutSeconds: number;
}

export interface HealthDeps {
  /** Other processes of this program, the oldest first. */
  readonly processes: () => readonly SeenProcess[];
}

export type Health =
  | { readonly kind: "healthy"; readonly text: string }
  | { readonly kind: "unhealthy"; readonly text: string };

export async function checkHealth({ url, timeoutSeconds }: HealthOptions, deps: HealthDeps): Promise<Health> {
  if (url !== undefined) return await askWebUi(healthAddress(url), timeoutSeconds);
  const main = deps.processes()[0];
  if (main === undefined) {
    return unhealthy("no locust-ts is running here; name its web UI: locust-ts health URL");
  }
  if (main.state === "Z" || main.state === "T") {
    return unhealthy(`process ${main.pid} ${main.state === "Z" ? "has ended" : "is stopped"}`);
  }
  const address = webUiOf(main);
  if (address === undefined) return { kind: "healthy", text: `process ${main.pid} runs; it has no web UI to ask` };
  return await askWebUi(address, timeoutSeconds);
}

/** The address of a process's web UI, seen from beside it; undefined: it has none. */
export function webUiOf({ argv, env, cwd }: Pick<SeenProcess, "argv" | "env" | "cwd">): string | undefined {
  const configs = readConfigSources({ cwd, home: env["HOME"], config: findTypedOption(argv, "config") });
  const command = parseCommandLine({ argv, env, configs });
  if (command.kind !== "run" || !command.options.web) return undefined;
  const { webPort, webTls, webBasePath } = command.options;
  const host = listenHostOf(command.options);
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return healthAddress(`${webTls.cert === undefined ? "http" : "https"}://${name}:${webPort}${webBasePath ?? ""}`);
}

function healthAddress(url: string): string {
  return url.endsWith("/healthz") ? url : `${url.replace(/\/+$/, "")}/healthz`;
}

/** The certificate is not checked: it is for the name by which others know the machine. */
function askWebUi(address: string, timeoutSeconds: number): Promise<Health> {
  const url = new URL(address);
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const request = send(url, { rejectUnauthorized: false, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => body += text);
      response.on("error", (error) => resolve(unhealthy(`${address} broke off: ${error.message}`)));
      response.on("end", () => resolve(judge(address, response.statusCode ?? 0, body)));
    });
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    timeout.addEventListener("abort", () => {
      resolve(unhealthy(`${address} did not answer within ${timeoutSeconds} s`));
      request.destroy();
    });
    request.on("error", (error) => resolve(unhealthy(`${address} cannot be reached: ${error.message}`)));
    request.end();
  });
}

function judge(address: string, status: number, body: string): Health {
  const state = status === 200 ? readState(body) : undefined;
  if (state !== undefined) return { kind: "healthy", text: `${address}: ${state}` };
  return unhealthy(`${address} answered ${status}${status === 200 ? ", and no state of a run" : ""}`);
}

function readState(body: string): string | undefined {
  try {
    const { state } = JSON.parse(body) as { readonly state?: unknown };
    return typeof state === "string" ? state : undefined;
  } catch {
    return undefined; // another server's page
  }
}

function unhealthy(text: string): Health {
  return { kind: "unhealthy", text };
}
