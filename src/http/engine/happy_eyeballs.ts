/**
 * Tries the addresses of a host until one connects (RFC 8305): the next one starts when the last one failed or has not
 * answered for 250 ms; the first connection wins and the other attempts are cancelled.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { ConnectSignal } from "../../platform/sockets/socket.ts";
import { TlsError, toWireError, type WireError } from "../bytes/wire_error.ts";
import { LightSignal } from "./light_signal.ts";

/** RFC 8305 §5: "Connection Attempt Delay", recommended value. */
const ATTEMPT_DELAY_MS = 250;

/** One attempt. It calls `answered` when TCP is connected, so that no other address is tried during the TLS handshake. */
export type Attempt<Opened> = (address: string, signal: ConnectSignal, answered: () => void) => Promise<Opened>;

export function connectToAny<Opened>(
  addresses: readonly string[],
  attempt: Attempt<Opened>,
  discard: (late: Opened) => void,
  clock: Clock,
  signal: ConnectSignal,
): Promise<Opened> {
  if (addresses.length === 1) return attempt(addresses[0] as string, signal, () => {});
  return new Promise((resolve, reject) => {
    const attempts = new LightSignal();
    const abort = () => attempts.abort();
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    let next = 0;
    let running = 0;
    let settled = false;
    let answered = false;
    let firstError: WireError | undefined;
    let timer: Timer | undefined;

    const settle = (outcome: () => void) => {
      settled = true;
      timer?.cancel();
      signal.removeEventListener("abort", abort);
      outcome();
      abort(); // the others
    };
    const startNext = () => {
      timer?.cancel();
      const address = addresses[next++];
      if (address === undefined || settled || answered) return;
      running++;
      if (next < addresses.length) timer = clock.schedule(ATTEMPT_DELAY_MS, startNext);
      attempt(address, attempts, () => answered = true).then((opened) => {
        if (settled) discard(opened);
        else settle(() => resolve(opened));
      }, (problem) => {
        running--;
        if (settled) return;
        const error = toWireError(problem);
        firstError ??= error;
        // A server that answered and then failed at TLS is the server: another address of it would fail as well.
        if (error instanceof TlsError || signal.aborted) return settle(() => reject(error));
        answered = false;
        if (next < addresses.length) startNext();
        else if (running === 0) settle(() => reject(firstError));
      });
    };
    startNext();
  });
}
