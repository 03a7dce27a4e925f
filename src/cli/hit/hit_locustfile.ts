/** The locustfile of a `hit`: source text that runs, and that is a start for one of your own. Pure. */
import type { HitBody, HitTarget } from "./hit_target.ts";

export interface HitTest {
  readonly targets: readonly HitTarget[]; // at least one
  readonly certificates: "verify" | "accept";
  readonly redirects: "follow" | "take";
  readonly timeoutSeconds?: number;
  readonly auth?: readonly [user: string, password: string];
  /** The command as it was typed, without secrets. */
  readonly command: string;
}

const METHODS = ["get", "post", "put", "patch", "delete", "head", "options"];

/** The base URL of the test: that of its first request. */
export function hostOf({ targets }: HitTest): string {
  return new URL(targets[0]?.url ?? "").origin;
}

export function writeHitLocustfile(test: HitTest): string {
  const { targets, certificates } = test;
  const [only] = targets;
  const head = [
    `// Made by: ${test.command.replaceAll(/[\r\n]+/g, " ")}`,
    'import { FastHttpUser, task } from "locust-ts";',
    "",
  ];
  const settings = [
    `  static override host = ${quote(hostOf(test))};`,
    `  static override insecure = ${certificates === "accept"};${
      certificates === "accept" ? " // every certificate is accepted" : ""
    }`,
    "  static override discardBody = true; // nothing reads the bodies",
    "",
  ];
  if (targets.length === 1 && only !== undefined) {
    const { body } = only;
    // Bytes are decoded once, not for each request.
    const isText = body === undefined || typeof body === "string";
    return lines([
      ...head,
      ...(isText ? [] : [`const body = ${bytesOf(body)};`, ""]),
      "export class Hit extends FastHttpUser {",
      ...settings,
      "  @task",
      "  async hit() {",
      `    await this.client.${callOf(test, only)};`,
      "  }",
      "}",
    ]);
  }
  return lines([
    ...head,
    "const targets = [",
    ...targets.map((target) => {
      const { method, url } = relative(test, target);
      const options = optionsOf(test, target, "written");
      return `  { method: ${quote(method)}, url: ${quote(url)}, options: ${options ?? "{}"} },`;
    }),
    "] as const;",
    "",
    "export class Hit extends FastHttpUser {",
    ...settings,
    "  #next = this.index;",
    "",
    "  @task",
    "  async hit() {",
    "    const { method, url, options } = targets[this.#next++ % targets.length]!;",
    "    await this.client.request(method, url, options);",
    "  }",
    "}",
  ]);
}

function callOf(test: HitTest, target: HitTarget): string {
  const { method, url } = relative(test, target);
  const options = optionsOf(test, target, "named");
  const rest = options === undefined ? "" : `, ${options}`;
  const own = METHODS.find((name) => name.toUpperCase() === method);
  return own === undefined ? `request(${quote(method)}, ${quote(url)}${rest})` : `${own}(${quote(url)}${rest})`;
}

/** Paths on the host of the test; other hosts keep their whole URL, without user and password. */
function relative(test: HitTest, target: HitTarget): HitTarget {
  const host = hostOf(test);
  const url = new URL(target.url);
  url.hash = "";
  url.username = "";
  url.password = "";
  return { ...target, url: url.origin === host ? url.href.slice(url.href.indexOf("/", "https://".length)) : url.href };
}

function optionsOf(
  test: HitTest,
  { url, headers, body }: HitTarget,
  bytes: "named" | "written",
): string | undefined {
  const auth = test.auth ?? authOf(url);
  const members = [
    ...(headers.length === 0 ? [] : [`headers: ${headersOf(headers)}`]),
    ...(body === undefined ? [] : [writeBody(body, bytes)]),
    ...(auth === undefined ? [] : [`auth: [${auth.map(quote).join(", ")}]`]),
    ...(test.timeoutSeconds === undefined ? [] : [`timeout: { total: ${test.timeoutSeconds} }`]),
    ...(test.redirects === "take" ? ['redirect: "manual"'] : []),
  ];
  return members.length === 0 ? undefined : `{ ${members.join(", ")} }`;
}

/** `http://ada:secret@host/`; undefined: the URL names no user. */
function authOf(text: string): readonly [user: string, password: string] | undefined {
  const { username, password } = new URL(text);
  if (username === "" && password === "") return undefined;
  return [decode(username), decode(password)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign of its own
  }
}

/** An object where each name is there once, else a list of pairs. */
function headersOf(headers: HitTarget["headers"]): string {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return names.size === headers.length
    ? `{ ${headers.map(([name, value]) => `${quote(name)}: ${quote(value)}`).join(", ")} }`
    : `[${headers.map(([name, value]) => `[${quote(name)}, ${quote(value)}]`).join(", ")}]`;
}

function writeBody(body: HitBody, bytes: "named" | "written"): string {
  if (typeof body === "string") return `body: ${quote(body)}`;
  return bytes === "named" ? "body" : `body: ${bytesOf(body)}`;
}

function bytesOf(body: Uint8Array): string {
  let text = "";
  for (const byte of body) text += String.fromCharCode(byte);
  return `Uint8Array.from(atob(${quote(btoa(text))}), (character) => character.charCodeAt(0))`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join("");
}
