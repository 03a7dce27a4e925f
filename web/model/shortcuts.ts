/** Keys of the page: one letter, or `g` and a letter for a tab. Never inside a field; switched off in the help dialog. */
import { type Signal, signal } from "@preact/signals";
import { TABS } from "./page_address.ts";
import { recall, remember } from "./remembered.ts";

export type ShortcutAction =
  | { readonly kind: "help" | "filter" | "edit" }
  | { readonly kind: "tab"; readonly key: string };

/** After `g` the letter must follow within this time. */
const SECOND_KEY_MS = 1500;

export interface PressedKey {
  readonly key: string;
  readonly isModified: boolean;
  readonly atMs: number;
}

/** Reads a sequence of keys; undefined where a key means nothing. Pure but for the `g` that it remembers. */
export class ShortcutReader {
  #wentAtMs = -Infinity;

  read({ key, isModified, atMs }: PressedKey): ShortcutAction | undefined {
    if (isModified) return undefined;
    const isSecond = atMs - this.#wentAtMs <= SECOND_KEY_MS;
    this.#wentAtMs = -Infinity;
    if (isSecond) {
      const tab = TABS.find(({ letter }) => letter === key);
      return tab === undefined ? undefined : { kind: "tab", key: tab.key };
    }
    if (key === "g") {
      this.#wentAtMs = atMs;
      return undefined;
    }
    if (key === "?") return { kind: "help" };
    if (key === "/") return { kind: "filter" };
    return key === "e" ? { kind: "edit" } : undefined;
  }
}

const KEY = "locust-ts-keys";

/** Whether the keys are on: remembered in this browser. */
export function createShortcutSwitch(): Signal<boolean> {
  const isOn = signal(recall(KEY) !== "off");
  isOn.subscribe((on) => remember(KEY, on ? "on" : "off"));
  return isOn;
}

/** Calls `act` for each key that means something; returns how to stop. */
export function listenForShortcuts(
  page: Document,
  isOn: Signal<boolean>,
  act: (action: ShortcutAction) => void,
): () => void {
  const reader = new ShortcutReader();
  const onKey = (event: KeyboardEvent) => {
    if (!isOn.value || event.defaultPrevented || isField(event.target) || page.querySelector("dialog[open]") !== null) {
      return;
    }
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    const action = reader.read({ key: event.key, isModified, atMs: event.timeStamp });
    if (action === undefined) return;
    event.preventDefault();
    act(action);
  };
  page.addEventListener("keydown", onKey);
  return () => page.removeEventListener("keydown", onKey);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
