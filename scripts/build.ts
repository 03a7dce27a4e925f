/** `npm run build`: makes `dist/locust-ts`, always anew. Says how long it took and how large it is. */
import { stat } from "node:fs/promises";
import process from "node:process";
import { formatBytes } from "../src/base/units.ts";
import { writePackageTypes } from "./declarations.ts";
import { buildExecutable, EXECUTABLE } from "./executable.ts";

const startMs = performance.now();
try {
  await buildExecutable(process.cwd());
  writePackageTypes(process.cwd());
  const { size } = await stat(EXECUTABLE);
  console.log(`Built ${EXECUTABLE} (${formatBytes(size)}) in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
