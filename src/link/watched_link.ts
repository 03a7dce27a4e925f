/**
 * A link that ends itself when the other side falls silent: a cut network sends no reset, and TCP retries for minutes.
 * The other side is expected to say something each second. The holder of the link dials again; waiting would help nothing.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Link, LinkEnd, LinkReceiver } from "./link.ts";
import { Silence } from "./silence.ts";

const CHECK_MS = 1000;

/** A link that can be dropped without waiting for the other side; it ends as `failed`. */
export interface AbortableLink<Incoming, Outgoing> extends Link<Incoming, Outgoing> {
  abort(reason: string): void;
}

/** The same link, ended after `silentMs` without a message, or a part of one: a large locustfile takes its time on a slow line. */
export function watchLink<Incoming, Outgoing>(
  link: AbortableLink<Incoming, Outgoing>,
  options: { readonly clock: Clock; readonly silentMs: number },
): Link<Incoming, Outgoing> {
  const { clock, silentMs } = options;
  const silence = new Silence(clock);
  let timer: Timer | undefined;
  let knownBytes = 0;
  const check = () => {
    if (link.receivedBytes > knownBytes) silence.broken();
    knownBytes = link.receivedBytes;
    if (silence.check() >= silentMs) {
      link.abort(`nothing was received from the other side for ${Math.round(silentMs / 1000)} s`);
    } else {
      timer = clock.schedule(CHECK_MS, check);
    }
  };
  return {
    peer: link.peer,
    get queuedBytes() {
      return link.queuedBytes;
    },
    get receivedBytes() {
      return link.receivedBytes;
    },
    open(receiver: LinkReceiver<Incoming>) {
      timer ??= clock.schedule(CHECK_MS, check);
      link.open({
        message(message: Incoming) {
          silence.broken();
          receiver.message(message);
        },
        ended(end: LinkEnd) {
          timer?.cancel();
          receiver.ended(end);
        },
      });
    },
    send: (message) => link.send(message),
    close: (reason) => link.close(reason),
  };
}
