/** Masks secrets in texts that are shown or written. Pure. */

/** Stands for a secret. */
export const MASK = "***";

/** Parameters of a query that hold a secret; `u` and `p` are InfluxDB's. */
const SECRET_PARAMETERS =
  /([?&](?:u|p|user|pass|password|passwd|secret|token|access_token|auth|api[-_]?key|key)=)[^&#\s"]+/gi;

/** Values that stand after a telling name, as in JSON, forms, and headers: `"token": "…"`, `password=…`. */
const SECRET_VALUES =
  /(["']?\b(?:[\w-]*(?:password|passwd|secret|token|api[-_]?key|authorization|session[-_]?id|credential)[\w-]*|pwd|jwt)["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&,;{}<>[\]]+)/gi;
const SCHEME_VALUES = /\b(Bearer|Basic|Digest)\s+[A-Za-z0-9+/_.~=-]{6,}/gi;
const JSON_WEB_TOKENS = /\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g;

/** A text of a target with what looks like a credential masked: passwords and tokens by their names, and by their form. */
export function maskSecrets(text: string): string {
  return text
    .replace(JSON_WEB_TOKENS, MASK)
    .replace(SCHEME_VALUES, `$1 ${MASK}`)
    .replace(SECRET_VALUES, (_all, name: string, value: string) => {
      const quote = /^["']/.exec(value)?.[0] ?? "";
      return `${name}${quote}${MASK}${quote}`;
    });
}

/** A value of JSON with `maskUrlSecrets` applied to every text in it. */
export function maskUrlsWithin<T>(value: T): T {
  const mask = (inner: unknown): unknown => {
    if (typeof inner === "string") return maskUrlSecrets(inner);
    if (Array.isArray(inner)) return inner.map(mask);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, mask(each)]));
  };
  return mask(value) as T;
}

/** A text with the user, the password and secret parameters of every URL in it masked: `http://***@shop.test/?token=***`. */
export function maskUrlSecrets(text: string): string {
  if (!text.includes("://")) return text;
  const masked = text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/gi, `$1${MASK}@`);
  return masked.replace(SECRET_PARAMETERS, `$1${MASK}`);
}
