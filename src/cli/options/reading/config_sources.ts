/** Reads the config files that apply: from the one that wins to the one that yields. Their syntax is `config_file.ts`'s. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "../../../base/errors.ts";
import { describeUnreadable } from "../../../base/given_file.ts";
import type { ConfigText } from "./config_file.ts";

/**
 * `--config`, then ./package.json ("locust"), ./locust.conf, ~/.locust.conf. Files that are not there are left out, but for
 * the one that was asked for.
 *
 * @throws {UsageError} when the file of `--config` cannot be read
 */
export function readConfigSources(options: {
  readonly cwd: string;
  readonly home: string | undefined;
  readonly config: string | undefined; // the value of --config
}): readonly ConfigText[] {
  const { cwd, home, config } = options;
  const sources: ConfigText[] = [];
  if (config !== undefined) sources.push(readNamed(cwd, config));
  const packageJson = readIfThere(join(cwd, "package.json"));
  if (packageJson !== undefined) sources.push({ path: "package.json", text: packageJson, form: "packageJson" });
  const local = readIfThere(join(cwd, "locust.conf"));
  if (local !== undefined) sources.push({ path: "locust.conf", text: local, form: "lines" });
  const personal = home === undefined ? undefined : readIfThere(join(home, ".locust.conf"));
  if (personal !== undefined) sources.push({ path: "~/.locust.conf", text: personal, form: "lines" });
  return sources;
}

function readNamed(cwd: string, path: string): ConfigText {
  if (path.trim() === "") {
    throw new UsageError(`Cannot use --config "${path}": it is empty; write --config FILE or leave it out`);
  }
  try {
    const text = readFileSync(resolve(cwd, path), "utf8");
    return { path, text, form: path.endsWith(".json") ? "json" : path.endsWith(".toml") ? "toml" : "lines" };
  } catch (cause) {
    throw new UsageError(`Cannot use --config "${path}": ${describeUnreadable(cause)}`, { cause });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // optional files: not there, or not for us to read
  }
}
