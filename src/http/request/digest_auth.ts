/**
 * The Digest scheme (RFC 7616) for `HttpUser`: MD5, SHA-256 and SHA-512-256 with their `-sess` forms, `qop` auth and
 * none. A test writes `digestAuth()`; the session keeps one `DigestState` per user, answers the first 401 with it and
 * sends credentials with every later request, until the server asks for a new nonce.
 */
import { lateCrypto } from "../../base/late_modules.ts";
import { toUtf8ByteString } from "../bytes/latin1.ts";
import type { Credentials } from "./request_url.ts";

/** Name and password for a server that asks for Digest. */
export class DigestAuth {
  readonly credentials: Credentials;

  constructor(credentials: Credentials) {
    this.credentials = credentials;
  }
}

/** `client.auth = digestAuth("ada", "lovelace")`, or as the `auth` of one request. */
export function digestAuth(user: string, password: string): DigestAuth {
  return new DigestAuth({ user, password });
}

/** The challenge of a WWW-Authenticate field. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: string | undefined; // as the server wrote it
  readonly qop: "auth" | undefined;
  readonly stale: boolean;
}

/** SHA and SHA-512 are in no standard; python-requests knows them. */
const HASHES: Readonly<Record<string, string>> = {
  "md5": "md5",
  "sha": "sha1",
  "sha-512": "sha512",
  "sha-256": "sha256",
  "sha-512-256": "sha512-256",
};

/** The first Digest challenge that we can answer; undefined if there is none. `header` may list several schemes. */
export function parseDigestChallenge(header: string): DigestChallenge | undefined {
  for (const match of header.matchAll(/(?:^|[\s,])digest\s+/gi)) {
    const fields = parseFields(header.slice(match.index + match[0].length));
    const { realm, nonce, qop } = fields;
    if (realm === undefined || nonce === undefined || hashOf(fields.algorithm) === undefined) continue;
    const offered = (qop ?? "").split(",").map((word) => word.trim().toLowerCase()).filter((word) => word !== "");
    if (offered.length > 0 && !offered.includes("auth")) continue; // auth-int alone: other clients do not support it either
    return {
      realm,
      nonce,
      opaque: fields.opaque,
      algorithm: fields.algorithm,
      qop: offered.length === 0 ? undefined : "auth",
      stale: fields.stale?.toLowerCase() === "true",
    };
  }
  return undefined;
}

/** The Authorization value that answers a challenge. `count`: how often this nonce was used, 1 for the first time. */
export function digestAuthorization(options: {
  readonly credentials: Credentials;
  readonly challenge: DigestChallenge;
  readonly method: string;
  readonly target: string; // path and query as in the request line
  readonly count: number;
  readonly clientNonce: string;
}): string {
  const { challenge, credentials, target, clientNonce } = options;
  const user = toUtf8ByteString(credentials.user);
  // Of byte strings: the realm is hashed and sent as the bytes that came.
  const hash = (text: string) =>
    lateCrypto().createHash(hashOf(challenge.algorithm) ?? "md5").update(text, "latin1").digest("hex");
  const count = options.count.toString(16).padStart(8, "0");
  const secret = hash(`${user}:${challenge.realm}:${toUtf8ByteString(credentials.password)}`);
  const isSession = challenge.algorithm?.toLowerCase().endsWith("-sess") === true;
  const ha1 = isSession ? hash(`${secret}:${challenge.nonce}:${clientNonce}`) : secret;
  const ha2 = hash(`${options.method}:${target}`);
  const response = challenge.qop === undefined
    ? hash(`${ha1}:${challenge.nonce}:${ha2}`)
    : hash(`${ha1}:${challenge.nonce}:${count}:${clientNonce}:auth:${ha2}`);
  const fields = [
    `username=${quote(user)}`,
    `realm=${quote(challenge.realm)}`,
    `nonce=${quote(challenge.nonce)}`,
    `uri=${quote(target)}`,
    `response="${response}"`,
  ];
  if (challenge.algorithm !== undefined) fields.push(`algorithm=${challenge.algorithm}`);
  if (challenge.opaque !== undefined) fields.push(`opaque=${quote(challenge.opaque)}`);
  if (challenge.qop !== undefined) fields.push("qop=auth", `nc=${count}`);
  if (challenge.qop !== undefined || isSession) fields.push(`cnonce="${clientNonce}"`);
  return `Digest ${fields.join(", ")}`;
}

/** One user's side of a Digest dialogue: the challenge in force and how often it was answered. */
export class DigestState {
  readonly #createNonce: () => string;
  #challenge: DigestChallenge | undefined;
  #count = 0;

  constructor(createNonce: () => string) {
    this.#createNonce = createNonce;
  }

  /** The header for a request, undefined before the first challenge. */
  authorize(credentials: Credentials, method: string, target: string): string | undefined {
    if (this.#challenge === undefined) return undefined;
    this.#count++;
    const clientNonce = this.#createNonce();
    return digestAuthorization({
      credentials,
      challenge: this.#challenge,
      method,
      target,
      count: this.#count,
      clientNonce,
    });
  }

  /**
   * Takes up a 401's challenge. `answered`: how many this request has answered already. False when this one cannot be
   * answered, or the answer before was refused: servers give a new nonce with each 401, and only a stale one is no
   * refusal. That may be said once.
   */
  accept(header: string | null, answered: number): boolean {
    const challenge = header === null ? undefined : parseDigestChallenge(header);
    if (challenge === undefined || answered > 1 || (answered === 1 && !challenge.stale)) return false;
    this.#challenge = challenge;
    this.#count = 0;
    return true;
  }
}

function hashOf(algorithm: string | undefined): string | undefined {
  return HASHES[(algorithm ?? "md5").toLowerCase().replace(/-sess$/, "")];
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

/** `name=value` pairs up to the next scheme, quoted or not. */
function parseFields(text: string): Record<string, string | undefined> {
  const fields: Record<string, string | undefined> = {};
  const pair = /[\s,]*([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|$)/y;
  for (let match = pair.exec(text); match !== null; match = pair.exec(text)) {
    const [, name = "", quoted, plain] = match;
    fields[name.toLowerCase()] ??= quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1");
  }
  return fields;
}
