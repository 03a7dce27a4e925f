/** Finds in the calibration of this machine the rate of so many threads. A file that is ignored is mentioned in the log. */
import type { Logger } from "../../base/logger.ts";
import { runtimeVersion } from "../../platform/runtime.ts";
import type { ProcessDeps } from "../terminal/process_deps.ts";
import { calibratedRate, calibrationFile, describeMachine, readCalibration } from "./calibration.ts";

/** Requests per second; undefined without a calibration for this machine, version and number of threads. */
export function findCalibratedRate(
  threads: number,
  { env, hostName, version }: Pick<ProcessDeps, "env" | "hostName" | "version">,
  logger: Pick<Logger, "info">,
): number | undefined {
  const machine = describeMachine({ host: hostName, version, runtime: runtimeVersion() });
  const found = readCalibration(calibrationFile(env), machine);
  if (found === undefined) return undefined;
  if (!("ignored" in found)) return calibratedRate(found, threads);
  logger.info(found.ignored);
  return undefined;
}
