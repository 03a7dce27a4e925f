/** Masks secrets in texts that are shown or written. Pure. */

/** Stands for a secret. */
export const MASK = "***";

/** A text with the user and password of every URL in it masked: `http://***@shop.test`. */
export function maskUrlSecrets(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*(?:@[^\s/?#@]*)*@/gi, `$1${MASK}@`);
}
