/** A folder for one test, with files in it; gone when the test ends. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { dirname, join } from "node:path";

export class TempFolder {
  readonly path: string;

  /** `files`: contents by path within the folder. */
  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    this.path = realpathSync(mkdtempSync(join(os.tmpdir(), "locust-ts-test-")));
    for (const [name, contents] of Object.entries(files)) {
      mkdirSync(dirname(this.at(name)), { recursive: true });
      writeFileSync(this.at(name), contents);
    }
  }

  at(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
