/** Certificates for one test run, made by openssl in a temporary folder. None is kept: keys in a repository are a bad example. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTool } from "./requirements.ts";

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certPath: string;
  readonly keyPath: string;
}

export interface CertificateFolder extends Disposable {
  readonly path: string;
  /** The authority that signed all the others. */
  readonly authority: Certificate;
  /** A certificate for these names (`DNS:localhost,IP:127.0.0.1`), signed by the authority. `days` < 0: it has expired. */
  issue(name: string, alternativeNames: string, days?: number): Certificate;
  /** Self-signed. */
  selfSigned(name: string, alternativeNames: string): Certificate;
}

const CA_CONFIGURATION = `[ca]
default_ca = here
[here]
database = index.txt
serial = serial
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
default_md = sha256
policy = any
x509_extensions = names
unique_subject = no
[any]
commonName = supplied
[names]
subjectAltName = NAMES
`;

/** Needs openssl: tests ask `requireTool("openssl")` before. */
export function openCertificates(): CertificateFolder {
  const path = mkdtempSync(join(tmpdir(), "locust-ts-certificates-"));
  let serial = 0x1000;
  const run = (...args: string[]) => execFileSync(findTool("openssl") ?? "openssl", args, { cwd: path, stdio: "pipe" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const load = (name: string): Certificate => {
    const [certPath, keyPath] = [join(path, `${name}.pem`), join(path, `${name}.key`)];
    return { certPath, keyPath, cert: readFileSync(certPath, "utf8"), key: readFileSync(keyPath, "utf8") };
  };
  const selfSigned = (name: string, extra: readonly string[]) => {
    run(
      "req",
      "-x509",
      ...newKey,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
      ...extra,
    );
    return load(name);
  };
  return {
    path,
    authority: selfSigned("authority", []),
    selfSigned: (name, names) => selfSigned(name, ["-addext", `subjectAltName=${names}`]),
    issue: (name, names, days = 2) => {
      run("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
      // Only `openssl ca` can write a validity that is over, and it wants a configuration and a database.
      writeFileSync(join(path, "index.txt"), "");
      writeFileSync(join(path, "serial"), `${(serial++).toString(16).padStart(4, "0")}\n`);
      writeFileSync(join(path, "ca.cnf"), CA_CONFIGURATION.replace("NAMES", names));
      const validity = days >= 0
        ? ["-days", String(days)]
        : ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"];
      run("ca", "-batch", "-notext", "-config", "ca.cnf", "-in", `${name}.csr`, "-out", `${name}.pem`, ...validity);
      return load(name);
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
