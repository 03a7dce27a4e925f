/**
 * Rights of the readers of the web UI: the password, the sessions of people who logged in, the token of programs, and
 * the key of spectators. Passwords are kept as scrypt hashes, keys are compared in constant time.
 */
import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../base/clock.ts";

export type Role = "operator" | "spectator";

export interface AccessSettings {
  /** Absent: no login, everyone who reaches the port is an operator. */
  readonly password?: string;
  readonly token?: string;
  /** In the link of spectators. */
  readonly spectatorKey?: string;
  /** The locustfile checks who may pass: there is a login, and no password. */
  readonly isCheckedElsewhere?: boolean;
}

/** Of a login that is checked elsewhere. */
export type LoginCheck =
  | { readonly kind: "right"; readonly role: Role }
  | { readonly kind: "wrong"; readonly message: string };

export type LoginResult =
  | { readonly kind: "welcome"; readonly session: string }
  | { readonly kind: "wrong"; readonly message?: string }
  | { readonly kind: "wait"; readonly seconds: number };

/** People who are logged in at once; the one who was active least recently is logged out. */
const MAX_SESSIONS = 1000;
const SESSION_MS = 12 * 3600_000;
/** Wrong tries that one address has free. */
const FREE_TRIES = 5;
const MAX_WAIT_SECONDS = 60;
/** Addresses whose wrong tries are remembered. */
const MAX_ADDRESSES = 10_000;

interface Tries {
  count: number;
  lastMs: number;
}

export class Access {
  readonly #settings: AccessSettings;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, { readonly role: Role; seenMs: number }>();
  readonly #tries = new Map<string, Tries>();
  readonly #salt = randomBytes(16);
  #hash: Promise<Uint8Array> | undefined;
  #checking: Promise<unknown> = Promise.resolve();

  constructor(settings: AccessSettings, clock: Clock) {
    const { password, ...others } = settings;
    this.#settings = password === undefined ? others : { ...others, password: "set" };
    this.#clock = clock;
    if (password !== undefined) this.#hash = derive(password, this.#salt);
  }

  get hasLogin(): boolean {
    return this.#hash !== undefined || this.#settings.isCheckedElsewhere === true;
  }

  /** The role of a request; undefined: it has to log in. */
  roleOf(request: { readonly session: string | undefined; readonly bearer: string | undefined }): Role | undefined {
    const { token } = this.#settings;
    if (request.bearer !== undefined && token !== undefined && isEqual(request.bearer, token)) return "operator";
    const session = request.session === undefined ? undefined : this.#sessions.get(request.session);
    if (session !== undefined && this.#clock.nowMs() - session.seenMs <= SESSION_MS) {
      session.seenMs = this.#clock.nowMs();
      return session.role;
    }
    return this.hasLogin ? undefined : "operator";
  }

  /** A bearer token that is not ours counts as a wrong try. Resolves to the seconds to wait; 0: none. */
  refuseBearer(address: string): number {
    const wait = this.#waitSeconds(address);
    if (wait === 0) this.#countWrong(address);
    return wait;
  }

  /** Checks a password, one at a time: each check takes memory and time by design. */
  async login(password: string, address: string): Promise<LoginResult> {
    const check = this.#checking.then(() => this.loginBy(() => this.#checkPassword(password), address));
    this.#checking = check.catch(() => {});
    return await check;
  }

  /** Lets in whom a check lets in, with the same limit on wrong tries. A check that fails to answer is no wrong try. */
  async loginBy(check: () => Promise<LoginCheck>, address: string): Promise<LoginResult> {
    const seconds = this.#waitSeconds(address);
    if (seconds > 0) return { kind: "wait", seconds };
    const result = await check();
    if (result.kind === "wrong") {
      this.#countWrong(address);
      return result;
    }
    this.#tries.delete(address);
    return { kind: "welcome", session: this.#open(result.role) };
  }

  /** A session for a reader who has proved elsewhere who he is. */
  welcome(role: Role): string {
    return this.#open(role);
  }

  /** The session of a spectator; undefined when the key is wrong. */
  spectate(key: string): string | undefined {
    const { spectatorKey } = this.#settings;
    if (spectatorKey === undefined || !isEqual(key, spectatorKey)) return undefined;
    return this.#open("spectator");
  }

  logout(session: string): void {
    this.#sessions.delete(session);
  }

  async #checkPassword(password: string): Promise<LoginCheck> {
    const hash = await this.#hash;
    const isRight = hash !== undefined && timingSafeEqual(hash, await derive(password, this.#salt));
    return isRight ? { kind: "right", role: "operator" } : { kind: "wrong", message: "" };
  }

  #open(role: Role): string {
    const session = randomBytes(32).toString("base64url");
    this.#sessions.set(session, { role, seenMs: this.#clock.nowMs() });
    if (this.#sessions.size > MAX_SESSIONS) {
      const [oldest] = [...this.#sessions].sort(([, a], [, b]) => a.seenMs - b.seenMs);
      if (oldest !== undefined) this.#sessions.delete(oldest[0]);
    }
    return session;
  }

  #countWrong(address: string): void {
    const tries = this.#tries.get(address) ?? { count: 0, lastMs: 0 };
    this.#tries.delete(address);
    this.#tries.set(address, { count: tries.count + 1, lastMs: this.#clock.nowMs() });
    if (this.#tries.size > MAX_ADDRESSES) {
      const oldest = this.#tries.keys().next().value;
      if (oldest !== undefined) this.#tries.delete(oldest);
    }
  }

  /** 1, 2, 4 … 60 seconds after the last wrong try. */
  #waitSeconds(address: string): number {
    const tries = this.#tries.get(address);
    if (tries === undefined || tries.count < FREE_TRIES) return 0;
    const pauseMs = Math.min(MAX_WAIT_SECONDS, 2 ** (tries.count - FREE_TRIES)) * 1000;
    return Math.max(0, Math.ceil((tries.lastMs + pauseMs - this.#clock.nowMs()) / 1000));
  }
}

function derive(password: string, salt: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, (error, key) => error instanceof Error ? reject(error) : resolve(key));
  });
}

function isEqual(a: string, b: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
