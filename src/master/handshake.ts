/**
 * The door of the master: what happens on a link before its other side is a worker. It sends the challenge, checks version and
 * proof of the `hello`, and hands the link on or refuses it with a sentence. Nothing else is said or shipped before that.
 */
import type { Logger } from "../base/logger.ts";
import type { Link, LinkEnd } from "../link/link.ts";
import { negotiate, OUR_PROTOCOL, type ProtocolVersion } from "../protocol/negotiate.ts";
import { createNonce, isProofValid } from "../protocol/proof.ts";
import type { HelloMessage, ToMaster, ToWorker } from "../protocol/worker_message.ts";

type WorkerLink = Link<ToMaster, ToWorker>;

export interface HandshakeOptions {
  readonly logger: Logger;
  /** This program's version, for the sentence of a refusal. */
  readonly version: string;
  /** `undefined`: everybody is let in. */
  readonly token: string | undefined;
  readonly locustfileHash: string;
  /** Takes the link over (it opens it again) and says which index the worker has. */
  readonly accept: (link: WorkerLink, hello: HelloMessage) => number;
  /** Overridden in tests. */
  readonly createNonce?: () => Uint8Array;
}

/** Begins the handshake on a fresh link. `onTrusted` is called once the other side has proved itself. */
export function startHandshake(link: WorkerLink, options: HandshakeOptions, onTrusted: () => void = () => {}): void {
  const { logger } = options;
  const nonce = (options.createNonce ?? createNonce)();
  link.open({
    message(message: ToMaster) {
      const verdict = message.kind === "hello"
        ? judgeHello(message, nonce, options)
        : { kind: "refused" as const, reason: `Cannot join: "hello" comes first, not "${message.kind}"` };
      if (verdict.kind === "refused") {
        logger.warning(`Refused ${describePeer(link, message)}: ${verdict.reason}`);
        link.send({ kind: "refused", reason: verdict.reason });
        return link.close(verdict.reason);
      }
      onTrusted();
      const workerIndex = options.accept(link, verdict.hello);
      link.send({
        kind: "welcome",
        workerIndex,
        protocol: verdict.protocol,
        locustfileHash: options.locustfileHash,
      });
    },
    ended(end: LinkEnd) {
      const text = `Connection from ${link.peer} ended before it joined: ${end.reason}`;
      if (end.kind === "rejected") logger.warning(text);
      else logger.debug(text);
    },
  });
  link.send({ kind: "challenge", nonce });
}

type HelloVerdict =
  | { readonly kind: "accepted"; readonly hello: HelloMessage; readonly protocol: ProtocolVersion }
  | { readonly kind: "refused"; readonly reason: string };

function judgeHello(hello: HelloMessage, nonce: Uint8Array, options: HandshakeOptions): HelloVerdict {
  const version = negotiate(hello, { protocol: OUR_PROTOCOL, version: options.version });
  if (version.kind === "refused") return version;
  if (options.token !== undefined && !isProofValid(options.token, nonce, hello.workerId, hello.proof)) {
    const what = hello.proof === undefined ? "the master wants a token and the worker has none" : "the token is wrong";
    return { kind: "refused", reason: `Cannot join: ${what}; give both the same --master-token` };
  }
  return { kind: "accepted", hello, protocol: version.protocol };
}

function describePeer(link: WorkerLink, message: ToMaster): string {
  return message.kind === "hello" ? `worker ${message.workerId} from ${link.peer}` : `connection from ${link.peer}`;
}
