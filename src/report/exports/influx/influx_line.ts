/** One point as a line of InfluxDB's protocol, with what has to be escaped. Pure. */

export type FieldValue = { readonly integer: number } | { readonly float: number | null } | { readonly text: string };

/** A tag or field without a value does not exist. */
export function formatLine(
  measurement: string,
  tags: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, FieldValue>>,
  wallMs: number,
): string {
  const tagged = Object.entries(tags).filter(([, value]) => value !== "").map(([key, value]) =>
    `,${key}=${escapeTag(value)}`
  );
  const set = Object.entries(fields).flatMap(([key, value]) => {
    const text = formatField(value);
    return text === undefined ? [] : [`${key}=${text}`];
  });
  return `${measurement}${tagged.join("")} ${set.join(",")} ${Math.round(wallMs)}000000`;
}

function formatField(value: FieldValue): string | undefined {
  if ("integer" in value) return `${value.integer}i`;
  if ("text" in value) return `"${value.text.replace(/["\\]/g, "\\$&")}"`;
  return value.float === null || !Number.isFinite(value.float) ? undefined : String(value.float);
}

/**
 * Commas, equals signs and blanks are escaped. A line break cannot be: it is shown as `\n`. A backslash is not an
 * escape but before these, so one at the end, which would escape what follows the tag, gets a `_` behind it.
 */
function escapeTag(value: string): string {
  return value
    .replace(/\r?\n|\r/g, "\\n")
    .replace(/[\p{Cc}]/gu, "_")
    .toWellFormed()
    .replace(/\\$/, "\\_")
    .replace(/[,= ]/g, "\\$&");
}
