/** Opens the web UI's port: TLS, a port that is in use, and the sentences that say where it is and who can reach it. */
import { LocustError, UsageError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import { type FetchHandler, type HttpServer, serveHttp } from "../../../platform/http_serve.ts";
import { isLoopback } from "../../../server/routing/request_guard.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import { readCertificate } from "../cluster/tls_files.ts";

type WebOptions = Pick<RunOptions, "webHost" | "webPort" | "webTls" | "webBasePath" | "webHostDisplayName">;

/** Ports that are tried after one that is in use, on a terminal. */
const NEXT_PORTS = 20;

/** The address to listen on: `*` is every interface. */
export function listenHostOf({ webHost }: Pick<RunOptions, "webHost">): string {
  return webHost === "*" || webHost === "" ? "0.0.0.0" : webHost;
}

/** @throws {UsageError} when the port cannot be had, or the certificate cannot be used */
export async function listenForWeb(
  options: WebOptions,
  deps: Pick<ProcessDeps, "clock" | "stdin" | "stderr">,
  fetch: FetchHandler,
): Promise<HttpServer> {
  const { cert, key } = options.webTls;
  const tls = cert === undefined || key === undefined
    ? undefined
    : readCertificate(cert, key, deps.clock.wallMs(), "--web-tls");
  const open = (port: number) =>
    serveHttp({
      host: listenHostOf(options),
      port,
      fetch,
      ...(tls === undefined ? {} : { tls }),
      advice: `choose another with --web-port, or --web-host`,
    });
  try {
    return await open(options.webPort);
  } catch (error) {
    if (!(error instanceof LocustError)) throw error;
    const isAsked = error.code === "address_in_use" && deps.stdin.isTTY === true && deps.stderr.isTty;
    const other = isAsked ? await openNext(options.webPort, open) : undefined;
    if (other === undefined) throw new UsageError(error.message, { cause: error });
    if (await askYes(deps, `Port ${options.webPort} is in use. Serve the web UI on port ${other.port}? [Y/n] `)) {
      return other;
    }
    await other.close();
    throw new UsageError(error.message, { cause: error });
  }
}

/** Where the web UI is, for a person. */
export function webAddress(options: WebOptions, port: number): string {
  const host = listenHostOf(options);
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const scheme = options.webTls.cert === undefined ? "http" : "https";
  return options.webHostDisplayName ?? `${scheme}://${shown}:${port}${options.webBasePath ?? ""}/`;
}

/** Says so loudly when other machines can start load from here. */
export function warnOfOpenDoor(options: WebOptions, hasLogin: boolean, logger: Logger): void {
  const host = listenHostOf(options);
  if (isLoopback(host) || hasLogin) return;
  logger.warning(
    `Everyone who reaches ${host} can start and stop load from this machine: the web UI asks for no login; ` +
      "add --web-login, or leave out --web-host",
  );
}

async function openNext(port: number, open: (port: number) => Promise<HttpServer>): Promise<HttpServer | undefined> {
  for (let next = port + 1; next <= Math.min(65_535, port + NEXT_PORTS); next++) {
    try {
      return await open(next);
    } catch (error) {
      if (!(error instanceof LocustError) || error.code !== "address_in_use") return undefined;
    }
  }
  return undefined;
}

async function askYes({ stdin, stderr }: Pick<ProcessDeps, "stdin" | "stderr">, question: string): Promise<boolean> {
  stderr.write(question);
  stdin.setEncoding("utf8");
  const answer = await new Promise<string>((resolve) => {
    const listener = (text: string) => {
      stdin.off("data", listener);
      stdin.pause();
      resolve(text);
    };
    stdin.on("data", listener);
    stdin.resume();
  });
  return !/^\s*n/i.test(answer);
}
