/** Dark or light: what the system prefers until the reader chooses, then what was chosen, also the next time. */
import { effect, type Signal, signal } from "@preact/signals";

export type Theme = "dark" | "light";

const KEY = "locust-ts-theme";

export function createTheme(): Signal<Theme> {
  const theme = signal<Theme>(remembered() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
  return theme;
}

export function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // a page from disk may have no storage: the choice lasts as long as the page
  }
}

function remembered(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return value === "dark" || value === "light" ? value : undefined;
  } catch {
    return undefined; // as above
  }
}
