/**
 * Logs once per process what a locustfile prints while it is imported, although every thread imports the file. No line
 * of a single thread is lost: of equal lines, as many are logged as the thread with the most of them has printed.
 */
export interface LogDeduplicator {
  /** Whether a line of one source (a thread) has not been logged yet for another one. */
  isNew(source: string, line: string): boolean;
}

export function createLogDeduplicator(): LogDeduplicator {
  const logged = new Map<string, number>();
  const printed = new Map<string, Map<string, number>>();
  return {
    isNew(source, line) {
      let own = printed.get(source);
      if (own === undefined) printed.set(source, own = new Map());
      const count = (own.get(line) ?? 0) + 1;
      own.set(line, count);
      if (count <= (logged.get(line) ?? 0)) return false;
      logged.set(line, count);
      return true;
    },
  };
}
