/** Measures a value that the threads of a run share: its text as JSON, and bytes as they are. Pure. */

/** Of one value. The thread that sets it refuses larger ones, and so does the master. */
export const MAX_SHARED_SIZE = 64 * 1024;

/** `plain`: as `encodeCustomData` makes it. */
export function sizeOfShared(plain: unknown): number {
  let bytes = 0;
  const text = JSON.stringify(plain, (_, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value;
    bytes += value.byteLength;
    return "";
  });
  return text.length + bytes;
}

/** What is said of a value that is too large. */
export function describeTooLarge(size: number): string {
  return `it has ${size} characters as JSON, and a value may have ${MAX_SHARED_SIZE}; share a part of it`;
}
