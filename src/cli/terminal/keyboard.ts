/**
 * Keys on a terminal while a test runs: w and W start 1 and 10 more users, s and S stop 1 and 10, e, E, d and D do the
 * same to a target rate, Enter opens the web UI. Ctrl-C stays Ctrl-C. The terminal is as it was when disposed.
 */

type KeyStep = 1 | 10 | -1 | -10;

export type KeyCommand =
  | { readonly kind: "changeUsers"; readonly by: KeyStep }
  | { readonly kind: "changeTargetRate"; readonly by: KeyStep }
  | { readonly kind: "openWebUi" }
  | { readonly kind: "interrupt" };

/** Users per second at which keys start and stop users: at once, to a person. */
export const KEY_SPAWN_RATE = 100;

/** What the keys change; in the web UI each run may have another load. */
export interface KeyedLoad {
  readonly load: "user" | "arrival/s";
  readonly hasTargetRate: boolean;
}

/** For the status line. */
export function keyLegend(web: "web" | "headless", { load, hasTargetRate }: KeyedLoad = USERS): string {
  const keys = `w/s +/-1 ${load}, W/S +/-10`; // within 80 columns behind the head of a log line
  const rateKeys = hasTargetRate ? ", e/d +/-1 task/s, E/D +/-10" : "";
  return `${keys}${rateKeys}${web === "web" ? ", Enter: web UI" : ""}`;
}

const USERS: KeyedLoad = { load: "user", hasTargetRate: false };

/** What the typed bytes ask for, in order. Unknown keys and escape sequences (arrows …) ask for nothing. Pure. */
export function readKeys(text: string): readonly KeyCommand[] {
  // deno-lint-ignore no-control-regex
  const keys = text.replace(/\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?/g, "");
  return [...keys].flatMap((key): readonly KeyCommand[] => {
    switch (key) {
      case "w":
        return [{ kind: "changeUsers", by: 1 }];
      case "W":
        return [{ kind: "changeUsers", by: 10 }];
      case "s":
        return [{ kind: "changeUsers", by: -1 }];
      case "S":
        return [{ kind: "changeUsers", by: -10 }];
      case "e":
        return [{ kind: "changeTargetRate", by: 1 }];
      case "E":
        return [{ kind: "changeTargetRate", by: 10 }];
      case "d":
        return [{ kind: "changeTargetRate", by: -1 }];
      case "D":
        return [{ kind: "changeTargetRate", by: -10 }];
      case "\r":
      case "\n":
        return [{ kind: "openWebUi" }];
      case "\x03": // raw mode hands us Ctrl-C as a byte
        return [{ kind: "interrupt" }];
      default:
        return [];
    }
  });
}

/** The target after a key: counted from the users that run now, never below none. Pure. */
export function changedTarget(currentUsers: number, by: number): number {
  return Math.max(0, currentUsers + by);
}

/** The part of `process.stdin` that is used. */
export interface KeySource {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  setEncoding(encoding: "utf8"): unknown;
  on(event: "data", listener: (text: string) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (text: string) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
  unref?(): unknown;
}

/** Listens for keys. `undefined` when the input is no terminal. */
export function listenForKeys(source: KeySource, onKey: (command: KeyCommand) => void): Disposable | undefined {
  if (source.isTTY !== true || source.setRawMode === undefined) return undefined;
  const listener = (text: string) => readKeys(text).forEach(onKey);
  source.setRawMode(true);
  source.setEncoding("utf8");
  source.on("data", listener);
  source.resume();
  source.unref?.(); // a key that may still come is no reason to stay alive
  return {
    [Symbol.dispose]() {
      source.off("data", listener);
      try {
        source.setRawMode?.(false);
      } catch {
        // the terminal was closed: there is none to put right
      }
      source.pause();
    },
  };
}
