/** One warning, while the run goes on, that there are more names than are kept apart: later the names are only a number. */
import type { Logger } from "../base/logger.ts";
import type { Ledger } from "../stats/ledger.ts";

/** Call what is returned with each tick. */
export function watchNamesOverflow(ledger: Pick<Ledger, "counts">, logger: Logger): () => void {
  let isTold = false;
  return () => {
    if (isTold || ledger.counts().overflowedRequests === 0) return;
    isTold = true;
    logger.warning(
      'There are more request names than are kept apart: further ones are counted under "(other)"; ' +
        'give requests whose URL holds an id a common name, with the option "name"',
    );
  };
}
