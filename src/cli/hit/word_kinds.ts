/** Tells what a word of a command line looks like: a URL, perhaps without its scheme, a flag, or a value. Pure. */

/** Names that end like these are files: no domain does, but for `.py` and `.rs`, which are not among them. */
const FILE_ENDING = /\.([cm]?[jt]s|[jt]sx|lua|jmx|json|jsonl|ya?ml|txt|tsv|csv|har|toml|conf|log|html|pem)$/i;

/** A host with a scheme, a port or a path, or a name with dots that is no file. */
export function isUrlLike(word: string): boolean {
  if (/^https?:\/\//i.test(word)) return true;
  if (/^(localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])(:\d+)?([/?#]|$)/i.test(word)) return true;
  if (/^[\w-]+(\.[\w-]+)*:\d+([/?#]|$)/.test(word)) return true;
  return /^[\w-]+(\.[\w-]+)*\.[a-z]{2,}([/?#]|$)/i.test(word) && !isFileLike(word);
}

export function isFileLike(word: string): boolean {
  return FILE_ENDING.test(word) && !word.includes("://");
}

/** A flag has no value where another flag or a URL is behind it, or nothing. */
export function standsAlone(next: string | undefined): boolean {
  return next === undefined || next === "" || next.startsWith("-") || isUrlLike(next);
}
