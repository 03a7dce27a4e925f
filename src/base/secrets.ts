/** Masks secrets in texts that are shown or written. Pure. */

/** Stands for a secret. */
export const MASK = "***";

/** Parameters of a query that hold a secret; `u` and `p` are InfluxDB's. */
const SECRET_PARAMETERS =
  /([?&](?:u|p|user|pass|password|passwd|secret|token|access_token|auth|api[-_]?key|key)=)[^&#\s"]+/gi;

/** A text with the user, the password and secret parameters of every URL in it masked: `http://***@shop.test/?token=***`. */
export function maskUrlSecrets(text: string): string {
  const masked = text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/gi, `$1${MASK}@`);
  return masked.includes("://") ? masked.replace(SECRET_PARAMETERS, `$1${MASK}`) : masked;
}
