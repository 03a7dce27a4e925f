/**
 * How much is alive on the heap of this thread after a collection: objects, and bytes with the memory of arrays and strings. Bun only: under
 * Deno no collection can be asked for.
 */
export interface HeapObjects {
  readonly objects: number;
  readonly bytes: number;
}

interface HeapStats {
  readonly objectCount: number;
  readonly heapSize: number;
  readonly extraMemorySize: number;
}

/** Undefined where it cannot be told. */
export async function openHeapCounter(): Promise<(() => HeapObjects) | undefined> {
  const bun = (globalThis as { readonly Bun?: { gc(isSync: boolean): void } }).Bun;
  if (bun === undefined) return undefined;
  const module = "bun:jsc"; // not for the type checker, which runs under Deno
  const { heapStats } = await import(module) as { heapStats(): HeapStats };
  return () => {
    bun.gc(true);
    bun.gc(true);
    const { objectCount, heapSize, extraMemorySize } = heapStats();
    return { objects: objectCount, bytes: heapSize + extraMemorySize };
  };
}
