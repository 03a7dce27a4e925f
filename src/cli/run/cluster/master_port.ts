/** The master's port for other machines, the handshake on it, and the locustfile that is shipped to workers that have none. */
import { describeProblem } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import { formatBytes } from "../../../base/units.ts";
import { openTcpListener, type TcpListener } from "../../../link/tcp_listener.ts";
import { startHandshake } from "../../../master/workers/handshake.ts";
import type { Master } from "../../../master/master.ts";
import type { ShippedLocustfile } from "../../../master/master_options.ts";
import { bundleLocustfile } from "../../../platform/bundling/bundle.ts";
import { readPart } from "../../../platform/bundling/large_files.ts";
import { readListenTls, readToken } from "./cluster_secrets.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";

/** A locustfile that cannot be shipped: workers need their own. It equals no hash of a worker. */
const NOT_SHIPPABLE = "not-shippable";

/** Bundles the locustfile. That it cannot be bundled matters only to a worker that asks for it. */
export async function prepareShipping(
  files: readonly string[],
  { userClasses, knownClasses, options }:
    & Required<Pick<ShippedLocustfile, "userClasses" | "knownClasses">>
    & { readonly options: Pick<RunOptions, "parsedOptions"> },
  logger: Logger,
): Promise<ShippedLocustfile> {
  try {
    const bundle = await bundleLocustfile(files);
    for (const warning of bundle.warnings) logger.warning(warning);
    const { hash, source, files: data, large, folder } = bundle;
    const message = {
      kind: "locustfile" as const,
      hash,
      source,
      files: data,
      ...(large.length === 0 ? {} : { large }),
      options: options.parsedOptions,
    };
    for (const { path, size } of large) {
      logger.info(`The data file "${path}" (${formatBytes(size)}) is shipped to workers in parts`);
    }
    return {
      hash,
      userClasses,
      knownClasses,
      message: () => Promise.resolve(message),
      part: async ({ path, offset }, workerId) => {
        const bytes = await readPart(folder, large, path, offset);
        const size = large.find((each) => each.path === path)?.size ?? 0;
        if (offset === 0) logger.info(`Worker ${workerId} receives "${path}" (${formatBytes(size)})`);
        if (offset + bytes.length === size) logger.info(`Worker ${workerId} has "${path}"`);
        return bytes;
      },
    };
  } catch (error) {
    logger.warning(describeProblem(error));
    return { hash: NOT_SHIPPABLE, userClasses, knownClasses, message: () => Promise.reject(error) };
  }
}

/** Listens for workers. Rejects with a `LocustError` when the port cannot be opened. */
export async function openMasterPort(input: {
  readonly options: Pick<
    RunOptions,
    "masterBindHost" | "masterBindPort" | "masterToken" | "masterTokenFile" | "masterTls"
  >;
  readonly deps: Pick<ProcessDeps, "clock" | "version">;
  readonly logger: Logger;
  readonly master: Master;
  readonly locustfileHash: string;
}): Promise<TcpListener> {
  const { options, deps, logger, master, locustfileHash } = input;
  const token = readToken(options);
  const tls = readListenTls(options, deps.clock.wallMs());
  const { masterBindHost: host } = options;
  const listener = await openTcpListener({
    host,
    port: options.masterBindPort,
    ...(tls === undefined ? {} : { tls }),
    clock: deps.clock,
    logger,
    onLink: (link, trust) =>
      startHandshake(link, {
        logger,
        version: deps.version,
        token,
        locustfileHash,
        accept(link, hello) {
          master.accept(link, hello);
          return master.roster.get(hello.workerId)?.index ?? 0;
        },
      }, trust),
  });
  if (token === undefined && tls?.ca === undefined && !isLoopback(host)) {
    logger.warning(
      `Any process that can reach port ${listener.port} of this machine can join as a worker and gets the locustfile; ` +
        "set --master-token, or listen on one interface with --master-bind-host",
    );
  }
  logger.info(`Waiting for workers on port ${listener.port}`);
  return listener;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
