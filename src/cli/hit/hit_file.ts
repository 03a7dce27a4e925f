/** The file of a locustfile that was written by the program, for as long as its run lasts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface LocustfileOnDisk extends Disposable {
  readonly path: string;
}

/** In a folder of its own that only this user of the machine can read: headers and bodies may hold secrets. */
export function keepLocustfile(text: string): LocustfileOnDisk {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-"));
  const path = join(folder, "hit.ts");
  writeFileSync(path, text, { mode: 0o600 });
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
