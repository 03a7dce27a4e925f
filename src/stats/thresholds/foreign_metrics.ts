/**
 * Names of k6's and Artillery's metrics where a scope is expected, and our own with a mistake: a row of such a name
 * never comes, which would be said at the end of the run only. Pure.
 */

const WORDS: readonly (readonly [name: RegExp, ours: string])[] = [
  [/^http_req_failed\b/, '"failures < 1%"'],
  [/^http_reqs\b/, '"rps > 100" or "requests > 1000"'],
  [/^http_req_duration\b/, '"p95 < 300ms", of a tag "tag region=eu: p95 < 300ms"'],
  [/^http_req_\w+/, '"p95 < 300ms"; the phases of requests are shown by --phases and have no thresholds'],
  [/^(group|iteration)_duration\b/, '"transactions{checkout}: p95 < 2s"'],
  [/^dropped_iterations\b/, '"dropped < 1%"'],
  [/^http\.response_time\b/, '"p95 < 300ms"'],
  [/^http\.codes\b/, '"failures < 1%" or "failures_count < 10"'],
  [/^http\.request(s|_rate)\b/, '"rps > 100" or "requests > 1000"'],
  [/^vusers\.failed\b/, '"failures < 1%"'],
  [/^rate(?=\s*[<>])/, '"failures < 1%" or "checks > 99%"'],
  [/^count(?=\s*[<>])/, '"requests > 1000"'],
  [/^checks?\s*\{/, '"checks{has items} > 99%"'],
  [/^(transactions?|groups?)\s*\{/, '"transactions{checkout}: p95 < 2s"'],
  [/^metrics?\s*\{/, '"metrics{time to paint}: p95 < 2s"'],
];

/** Whether a scope, tags of k6 included, ends there, or an operator follows. */
const END = /^[\w.]*\s*(\{[^}]*\})?\s*[:<>]/;

/** What is written here for the name that an expression begins with; undefined: it is none of theirs. */
export function findForeignMetric(expression: string): { readonly name: string; readonly ours: string } | undefined {
  const text = expression.trimStart();
  const found = END.test(text) ? WORDS.find(([name]) => name.test(text)) : undefined;
  return found === undefined ? undefined : { name: /^[\w.]+/.exec(text)?.[0] ?? "", ours: found[1] };
}
