/** Methods and headers as they are typed or listed: why one cannot be sent, as the middle of a sentence. Pure. */

/** In capitals, as `M-SEARCH`; those that everyone knows in any letters. */
const METHOD = /^([A-Z][A-Z\d_-]*|(?:get|post|put|patch|delete|head|options|trace|purge|propfind))$/;

export function describeBadMethod(value: string): string | undefined {
  return METHOD.test(value) ? undefined : "it is not a method; write GET, POST, PUT …";
}

export function describeBadHeader(headers: readonly string[]): string | undefined {
  const bad = headers.find((header) => !/^[!#$%&'*+.^_`|~\w-]+\s*:/.test(header));
  if (bad !== undefined) return `"${bad}" is not a header; write "Name: value"`;
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  const broken = headers.find((header) => /[\x00-\x08\x0a-\x1f\x7f]/.test(header.trim()));
  return broken === undefined
    ? undefined
    : `${JSON.stringify(broken)} holds a line break or control character; write it without`;
}
