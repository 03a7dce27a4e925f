/** Dark or light: the system's preference until the reader chooses, then the choice, also the next time. */
import { effect, type Signal, signal } from "@preact/signals";
import { recall, remember } from "./remembered.ts";

export type Theme = "dark" | "light";

const KEY = "locust-ts-theme";

export function createTheme(): Signal<Theme> {
  const theme = signal<Theme>(remembered() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
  return theme;
}

export function toggleTheme(theme: Signal<Theme>): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  remember(KEY, theme.value);
}

function remembered(): Theme | undefined {
  const value = recall(KEY);
  return value === "dark" || value === "light" ? value : undefined;
}
