/** @jsxImportSource preact */
/** The tabs: arrow keys move between them, Enter or Space open one, and the address follows. */
import { useEffect, useRef } from "preact/hooks";
import type { AppState } from "../model/app_state.ts";
import { VERDICT_KEY } from "../model/page_address.ts";

export interface ShownTab {
  readonly key: string;
  readonly title: string;
  /** Beside the title: how many there are. */
  readonly count?: number;
  readonly isBad?: boolean;
}

interface TabBarProps {
  readonly app: AppState;
  readonly tabs: readonly ShownTab[];
}

export function TabBar({ app: { address }, tabs }: TabBarProps) {
  const current = currentTab(address.tab.value, tabs);
  const bar = useRef<HTMLDivElement>(null);
  const widths = tabs.map(({ title, count = 0 }) => `${title} ${count > 0 ? String(count).length : ""}`).join();
  useEffect(() => reveal(bar.current), [current, widths]);
  const move = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')];
    const at = all.findIndex((each) => each === document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  };
  return (
    <div class="tabs" ref={bar} role="tablist" aria-label="Parts of the run" onKeyDown={move}>
      {tabs.map(({ key, title, count = 0, isBad = false }) => (
        <button
          key={key}
          type="button"
          role="tab"
          id={`tab-${key}`}
          aria-selected={key === current}
          aria-controls={key === current ? `panel-${key}` : undefined}
          tabIndex={key === current ? 0 : -1}
          onClick={() => address.open(key)}
        >
          {title}
          {count > 0 && <span class={`tab-count${isBad ? " bad" : ""}`} aria-hidden="true">{count}</span>}
        </button>
      ))}
    </div>
  );
}

/** On a narrow screen the bar scrolls, and tabs move when one before them gets a number. The page itself stays where it is. */
function reveal(bar: HTMLElement | null): void {
  const tab = bar?.querySelector('[aria-selected="true"]');
  if (bar === null || !tab) return;
  const [frame, place] = [bar.getBoundingClientRect(), tab.getBoundingClientRect()];
  if (place.left < frame.left) bar.scrollLeft -= frame.left - place.left;
  else if (place.right > frame.right) bar.scrollLeft += place.right - frame.right;
}

/** An unknown key opens the first tab; the verdict is a dialog over it. */
export function currentTab(key: string, tabs: readonly ShownTab[]): string {
  if (key === VERDICT_KEY) return "stats";
  return tabs.some((tab) => tab.key === key) ? key : "stats";
}
