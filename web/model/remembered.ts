/** Choices of a reader that last longer than the page. A browser without storage forgets them, and nothing else happens. */

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // no storage, or a full one: the choice lasts as long as the page
  }
}

export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined; // as above
  }
}
