/**
 * Whether a domain is a public suffix (`co.uk`, `github.io`), for which no cookie may be set. The list is tldts'; it
 * costs some 20 ms and 14 MB when loaded, so it is loaded only for the first cookie that names a wider domain than its
 * host.
 */
import type { getPublicSuffix } from "tldts";

export type PublicSuffixTest = (domain: string) => boolean;

let loaded: Promise<PublicSuffixTest> | undefined;

export function loadPublicSuffixes(): Promise<PublicSuffixTest> {
  loaded ??= import("tldts").then((library) => createTest(library.getPublicSuffix));
  return loaded;
}

function createTest(suffixOf: typeof getPublicSuffix): PublicSuffixTest {
  return (domain) => suffixOf(domain, { allowPrivateDomains: true }) === domain;
}
