/** What master and workers must share or own to trust each other, out of options, files and environment. Never logged. */
import { readFileSync } from "node:fs";
import { UsageError } from "../../base/errors.ts";
import type { DialTls } from "../../link/tcp_dial.ts";
import type { ListenTls } from "../../link/tcp_listener.ts";
import type { RunOptions } from "../options/options.ts";

/** The token of `--master-token`, `LOCUST_MASTER_TOKEN` or `--master-token-file`; a file's last line break does not count. */
export function readToken(options: Pick<RunOptions, "masterToken" | "masterTokenFile">): string | undefined {
  if (options.masterToken !== undefined) return options.masterToken;
  if (options.masterTokenFile === undefined) return undefined;
  const token = readText(options.masterTokenFile, "--master-token-file").replace(/\r?\n$/, "");
  if (token === "") throw new UsageError(`Cannot use --master-token-file "${options.masterTokenFile}": it is empty`);
  return token;
}

/** TLS of a master: `undefined` without a certificate. */
export function readListenTls({ masterTls }: Pick<RunOptions, "masterTls">): ListenTls | undefined {
  const { cert, key, ca } = masterTls;
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError("Cannot use TLS on a master without both --master-tls-cert and --master-tls-key");
  }
  return {
    cert: readText(cert, "--master-tls-cert"),
    key: readText(key, "--master-tls-key"),
    ...(ca === undefined ? {} : { ca: readText(ca, "--master-tls-ca") }),
  };
}

/** TLS of a worker: on as soon as one of the options is given. */
export function readDialTls({ masterTls }: Pick<RunOptions, "masterTls">): DialTls | undefined {
  const { cert, key, ca } = masterTls;
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError("Cannot use one of --master-tls-cert and --master-tls-key without the other");
  }
  return {
    ...(ca === undefined ? {} : { ca: readText(ca, "--master-tls-ca") }),
    ...(cert === undefined ? {} : { cert: readText(cert, "--master-tls-cert") }),
    ...(key === undefined ? {} : { key: readText(key, "--master-tls-key") }),
  };
}

function readText(path: string, flag: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UsageError(`Cannot read ${flag} "${path}": ${code}; check the path`, { cause: error });
  }
}
