/** A list as one line of text: values between commas, in quotation marks where a value has a comma itself. Pure. */

/** A value in quotation marks, in which two of them stand for one, or one up to the next comma. */
const VALUE = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(?:,|$)/y;

export function joinList(values: readonly string[]): string {
  return values.map(quote).join(", ");
}

function quote(value: string): string {
  const isPlain = value !== "" && value === value.trim() && !/[",]/.test(value);
  return isPlain ? value : `"${value.replaceAll('"', '""')}"`;
}

/** Nothing between two commas is no value; nothing in quotation marks is one. */
export function splitList(text: string): readonly string[] {
  const values: string[] = [];
  for (VALUE.lastIndex = 0; VALUE.lastIndex < text.length;) {
    const [, quoted, plain = ""] = VALUE.exec(text) ?? [];
    if (quoted !== undefined) values.push(quoted.replaceAll('""', '"'));
    else if (plain.trim() !== "") values.push(plain.trim());
  }
  return values;
}
