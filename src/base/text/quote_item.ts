/** Writes an item of a list option so that it is read as one: in quotes where a comma would end it. Pure. */

/** Of an item with both kinds of quotes the ends are lost: a list has no sign that takes them away. */
export function quoteItem(item: string): string {
  if (item !== "" && item === item.trim() && !/[,"']/.test(item)) return item;
  return item.includes('"') ? `'${item}'` : `"${item}"`;
}
