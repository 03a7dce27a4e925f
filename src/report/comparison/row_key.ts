/** The key of a row within a comparison. Pure. */
export function rowKey(method: string, name: string): string {
  return `${method}\0${name}`;
}
