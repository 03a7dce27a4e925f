/** The open tab, as it stands in the address: Locust's `?tab=` keys. Back and forward change it; so does a reload. */
import { type Signal, signal } from "@preact/signals";

export interface Tab {
  readonly key: string;
  readonly title: string;
  /** After `g`. */
  readonly letter?: string;
}

/** The tab of checks, metrics and transactions: there where the test has some. */
export const MEASURES_KEY = "checks";

export const TABS: readonly Tab[] = [
  { key: "stats", title: "Statistics", letter: "s" },
  { key: "charts", title: "Charts", letter: "c" },
  { key: MEASURES_KEY, title: "Checks & Metrics", letter: "m" },
  { key: "failures", title: "Failures", letter: "f" },
  { key: "exceptions", title: "Exceptions", letter: "e" },
  { key: "ratios", title: "Current Ratio", letter: "r" },
  { key: "thresholds", title: "Thresholds", letter: "t" },
  { key: "reports", title: "Download Data", letter: "d" },
  { key: "logViewer", title: "Logs", letter: "l" },
  { key: "workers", title: "Workers", letter: "w" },
  { key: "compare", title: "Compare" },
];

/** `?tab=verdict` opens the dialog over the first tab. */
export const VERDICT_KEY = "verdict";

export interface PageAddress {
  readonly tab: Signal<string>;
  open(key: string): void;
  /** Another part of the address, such as the columns: it replaces the entry, because going back through them is of no use. */
  read(name: string): string | undefined;
  write(name: string, value: string | undefined): void;
}

export function createPageAddress(page: Window): PageAddress {
  const tab = signal(tabOf(page.location.search));
  page.addEventListener("popstate", () => tab.value = tabOf(page.location.search));
  const changed = (name: string, value: string | undefined): string => {
    const query = new URLSearchParams(page.location.search);
    if (value === undefined) query.delete(name);
    else query.set(name, value);
    const text = query.toString();
    return `${page.location.pathname}${text === "" ? "" : `?${text}`}${page.location.hash}`;
  };
  return {
    tab,
    open: (key) => {
      if (key === tab.value) return;
      page.history.pushState(null, "", changed("tab", key));
      tab.value = key;
    },
    read: (name) => new URLSearchParams(page.location.search).get(name) ?? undefined,
    write: (name, value) => page.history.replaceState(null, "", changed(name, value)),
  };
}

/**
 * A proxy that serves the page below an address of its own may leave out the slash at its end. All that the page asks
 * for is beside it, so the slash has to be there.
 */
export function completeAddress({ location, history }: Pick<Window, "location" | "history">): void {
  const { pathname, search, hash } = location;
  if (!pathname.endsWith("/")) history.replaceState(null, "", `${pathname}/${search}${hash}`);
}

export function tabOf(search: string): string {
  return new URLSearchParams(search).get("tab") ?? "stats";
}
