/**
 * Puts the locustfile that a master has sent into a folder, with its data files: those that are large are fetched part
 * by part, and told of.
 */
import { dirname, join } from "node:path";
import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/logger.ts";
import { formatBytes } from "../../../base/units.ts";
import { receiveFile } from "../../../platform/bundling/large_files.ts";
import { unpackLocustfile } from "../../../platform/bundling/unpack_bundle.ts";
import type { ToWorker } from "../../../protocol/worker_message.ts";

const TELL_EVERY_MS = 5000;

export interface ReceiveInput {
  readonly folder: string;
  readonly fetchPart: (path: string, offset: number) => Promise<Uint8Array>;
  readonly logger: Logger;
  readonly clock: Pick<Clock, "nowMs">;
}

/** The path of the module to load. @throws LocustError */
export async function receiveLocustfile(
  { hash, source, files, large = [] }: Extract<ToWorker, { kind: "locustfile" }>,
  { folder, fetchPart, logger, clock }: ReceiveInput,
): Promise<string> {
  const module = unpackLocustfile(hash, source, files, folder, large);
  for (const file of large) {
    const { path, size } = file;
    const beganMs = clock.nowMs();
    let toldMs = beganMs;
    logger.info(`Receiving the data file "${path}" (${formatBytes(size)}) from the master`);
    await receiveFile(file, join(dirname(module), path), (offset) => fetchPart(path, offset), (bytes) => {
      if (clock.nowMs() - toldMs < TELL_EVERY_MS) return;
      toldMs = clock.nowMs();
      logger.info(`Received ${formatBytes(bytes)} of ${formatBytes(size)} of "${path}"`);
    });
    logger.info(`Received "${path}" in ${((clock.nowMs() - beganMs) / 1000).toFixed(1)} s`);
  }
  return module;
}
