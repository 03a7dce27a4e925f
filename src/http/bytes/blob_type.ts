/**
 * Tells the type that a test gave a `Blob`. One runtime adds a charset to some types (`application/json` becomes
 * `application/json;charset=utf-8`), which servers that compare types take for another one; browsers leave a type as it
 * is.
 */
const ADDED = ";charset=utf-8";

/**
 * As it is sent. A charset that the runtime would have added is left out, whoever wrote it: UTF-8 is the default of
 * these types.
 */
export function typeOfBlob({ type }: Blob): string {
  if (!type.endsWith(ADDED)) return type;
  const bare = type.slice(0, -ADDED.length);
  return new Blob([], { type: bare }).type === type ? bare : type;
}
