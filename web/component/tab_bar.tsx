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
  useEffect(() => { // on a narrow screen the bar scrolls
    bar.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
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

/** An unknown key opens the first tab; the verdict is a dialog over it. */
export function currentTab(key: string, tabs: readonly ShownTab[]): string {
  if (key === VERDICT_KEY) return "stats";
  return tabs.some((tab) => tab.key === key) ? key : "stats";
}
