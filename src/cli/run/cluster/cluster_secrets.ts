/** Reads token, certificates and keys of a master or worker from options, files and environment. They are never logged. */
import { UsageError } from "../../../base/errors.ts";
import type { DialTls } from "../../../link/tcp_dial.ts";
import type { ListenTls } from "../../../link/tcp_listener.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import { readAuthorities, readCertificate, readText } from "./tls_files.ts";

/** The token of `--master-token`, `LOCUST_MASTER_TOKEN` or `--master-token-file`; a file's last line break does not count. */
export function readToken(options: Pick<RunOptions, "masterToken" | "masterTokenFile">): string | undefined {
  if (options.masterToken !== undefined) return options.masterToken;
  if (options.masterTokenFile === undefined) return undefined;
  const token = readText(options.masterTokenFile, "--master-token-file").replace(/\r?\n$/, "");
  if (token === "") {
    throw new UsageError(
      `Cannot use --master-token-file "${options.masterTokenFile}": it is empty; write the token into it`,
    );
  }
  return token;
}

/** TLS of a master: `undefined` without a certificate. */
export function readListenTls({ masterTls }: Pick<RunOptions, "masterTls">, nowMs: number): ListenTls | undefined {
  const { cert, key, ca } = masterTls;
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError(
      "Cannot use TLS on a master: --master-tls-cert or --master-tls-key is missing; give both",
    );
  }
  return {
    ...readCertificate(cert, key, nowMs),
    ...(ca === undefined ? {} : { ca: readAuthorities(ca, nowMs) }),
  };
}

/** TLS of a worker: on as soon as one of the options is given. `own`: a master with the same options has started it. */
export function readDialTls(
  { masterTls }: Pick<RunOptions, "masterTls">,
  nowMs: number,
  worker: "own" | "any",
): DialTls | undefined {
  const { cert, key, ca } = masterTls;
  // The master's certificate need not be for the loopback address, nor its authority be known here: it is compared as a whole.
  if (worker === "own" && cert !== undefined && key !== undefined) {
    const shown = readCertificate(cert, key, nowMs);
    return { ...shown, pinned: shown.cert };
  }
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError(
      `Cannot use ${
        cert === undefined ? "--master-tls-key" : "--master-tls-cert"
      } alone; give --master-tls-cert and --master-tls-key`,
    );
  }
  return {
    ...(ca === undefined ? {} : { ca: readAuthorities(ca, nowMs) }),
    ...(cert === undefined || key === undefined ? {} : readCertificate(cert, key, nowMs)),
  };
}
