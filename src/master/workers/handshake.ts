/**
 * The master's side of the handshake: sends the challenge, checks version and proof of the `hello`, proves that it
 * knows the token too, and hands the link on or refuses it with a sentence. Nothing else is said or shipped before
 * that.
 */
import type { Logger } from "../../base/logger.ts";
import type { Link, LinkEnd } from "../../link/link.ts";
import { negotiate, OUR_PROTOCOL, type ProtocolVersion } from "../../protocol/negotiate.ts";
import { createNonce, createProof, isProofValid, type ProofFacts } from "../../protocol/proof.ts";
import type { HelloMessage, ToMaster, ToWorker } from "../../protocol/worker_message.ts";

type WorkerLink = Link<ToMaster, ToWorker>;

export interface HandshakeOptions {
  readonly logger: Logger;
  /** This program's version, for the sentence of a refusal. */
  readonly version: string;
  /** `undefined`: any worker that has none either may join. */
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
      const { hello, protocol, proof } = verdict;
      const workerIndex = options.accept(link, hello);
      link.send({
        kind: "welcome",
        workerIndex,
        protocol,
        locustfileHash: options.locustfileHash,
        ...(proof === undefined ? {} : { proof }),
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
  | {
    readonly kind: "accepted";
    readonly hello: HelloMessage;
    readonly protocol: ProtocolVersion;
    /** The master's own; absent where neither side has a token. */
    readonly proof: Uint8Array | undefined;
  }
  | { readonly kind: "refused"; readonly reason: string };

function judgeHello(hello: HelloMessage, masterNonce: Uint8Array, options: HandshakeOptions): HelloVerdict {
  const version = negotiate(hello, { protocol: OUR_PROTOCOL, version: options.version });
  if (version.kind === "refused") return version;
  const { protocol } = version;
  const { token } = options;
  if (token === undefined) {
    if (hello.proof === undefined) return { kind: "accepted", hello, protocol, proof: undefined };
    return refuse("the worker has a token and the master has none");
  }
  const facts: ProofFacts = { token, masterNonce, workerNonce: hello.nonce, workerId: hello.workerId };
  if (hello.proof === undefined) return refuse("the master has a token and the worker has none");
  if (!isProofValid("worker", facts, hello.proof)) return refuse("the token is wrong");
  return { kind: "accepted", hello, protocol, proof: createProof("master", facts) };
}

function refuse(what: string): HelloVerdict {
  return { kind: "refused", reason: `Cannot join: ${what}; give both the same --master-token` };
}

function describePeer(link: WorkerLink, message: ToMaster): string {
  return message.kind === "hello" ? `worker ${message.workerId} from ${link.peer}` : `connection from ${link.peer}`;
}
