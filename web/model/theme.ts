/** Dark or light: as the page was made, else the system's preference until the reader chooses, then the choice, also the next time. */
import { effect, type Signal, signal } from "@preact/signals";
import { recall, remember } from "./remembered.ts";

export type Theme = "dark" | "light";

const KEY = "locust-ts-theme";

export function createTheme(): Signal<Theme> {
  const theme = signal<Theme>(given() ?? remembered() ?? preferred());
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
  return theme;
}

export function toggleTheme(theme: Signal<Theme>): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  remember(KEY, theme.value);
}

/** Of `/stats/report?theme=dark`. */
function given(): Theme | undefined {
  return toTheme(document.documentElement.dataset["theme"]);
}

function remembered(): Theme | undefined {
  return toTheme(recall(KEY));
}

function preferred(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function toTheme(value: string | undefined): Theme | undefined {
  return value === "dark" || value === "light" ? value : undefined;
}
