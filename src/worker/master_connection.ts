/**
 * Keeps a worker joined to its master: dials, answers the challenge, checks the master's own proof, hands each joined
 * link over, and dials again when one ends. A worker with a token takes nothing from a master that has not proved that
 * it knows the token. It ends when one side refuses the other, for a cause that dialling again cannot mend, or when it
 * is closed.
 */
import type { Clock } from "../base/clock.ts";
import { describeProblem, LocustError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Random } from "../base/random.ts";
import { backOffMs } from "../link/back_off.ts";
import type { Link, LinkEnd } from "../link/link.ts";
import { type AbortableLink, watchLink } from "../link/watched_link.ts";
import { createNonce, createProof, isProofValid, type ProofFacts } from "../protocol/proof.ts";
import type { HelloMessage, ToMaster, ToWorker, WorkerIntroduction } from "../protocol/worker_message.ts";

export type MasterLink = Link<ToWorker, ToMaster>;
export type Welcome = Extract<ToWorker, { kind: "welcome" }>;

/** A master that is silent for so long counts as dead: the same time after which a master calls a worker missing. */
const SILENT_MS = 5000;
/** The interval between log lines about a master that cannot be reached. */
const REPEAT_COMPLAINT_MS = 60_000;
/** Different problems that are remembered; a network fails in few ways. */
const MAX_TROUBLES = 20;
/**
 * A connection that lived for less counts as a failed attempt, so that a master that closes each link at once is not
 * dialled in a loop.
 */
const LIVED_MS = 5000;

export interface MasterConnectionOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly introduction: WorkerIntroduction;
  readonly token: string | undefined;
  /** The permanent cause of a connection that the master closed before its first message, if it can be found. */
  readonly explainSilence?: (signal: AbortSignal) => Promise<string | undefined>;
  /** One attempt to connect. Rejects with the reason. */
  readonly dial: (signal: AbortSignal) => Promise<AbortableLink<ToWorker, ToMaster>>;
  /** The link is joined: open it at once and use it. `onEnd` must be called when it has ended. */
  readonly onJoined: (link: MasterLink, welcome: Welcome, onEnd: (end: LinkEnd) => void) => void;
}

/** The connection ended before the master's first message: perhaps it waits for a TLS hello, or it is no master. */
class SilentEnd extends LocustError {
  readonly peer: string;

  constructor(reason: string, peer: string) {
    super(
      `Cannot join the master at ${peer}: ${reason}; check that --master-port is its port for workers (5557), not that of the web UI`,
    );
    this.peer = peer;
  }
}

/** Stays joined until `signal` aborts. Rejects with a `LocustError` (`refused`) when the master does not want this worker. */
export async function keepJoined(options: MasterConnectionOptions, signal: AbortSignal): Promise<void> {
  const { clock, logger, random } = options;
  const complain = createComplaint(clock, logger);
  for (let attempt = 0; !signal.aborted; attempt++) {
    const startedMs = clock.nowMs();
    try {
      const link = await options.dial(signal);
      const end = await useLink(link, { ...options, onWelcome: complain.reset }, signal);
      if (signal.aborted) return;
      logger.warning(`The link to the master ended: ${end.reason}; dialling again`);
      if (clock.nowMs() - startedMs >= LIVED_MS) attempt = -1;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof LocustError && error.code === "refused") throw error;
      const permanent = error instanceof SilentEnd ? await options.explainSilence?.(signal) : undefined;
      if (signal.aborted) return;
      if (permanent !== undefined) {
        throw new LocustError(`Cannot join the master at ${(error as SilentEnd).peer}: ${permanent}`, {
          code: "refused",
        });
      }
      complain.about(error);
    }
    await clock.sleep(backOffMs(Math.max(0, attempt), random.float()), signal);
  }
}

/**
 * Answers the challenge, hands the link over on the welcome, and resolves when it has ended. Rejects if it never got
 * that far. The hand-over happens inside the welcome: the next message may be in the same chunk.
 */
function useLink(
  raw: AbortableLink<ToWorker, ToMaster>,
  options: MasterConnectionOptions & { readonly onWelcome: () => void },
  signal: AbortSignal,
): Promise<LinkEnd> {
  const link = watchLink(raw, { clock: options.clock, silentMs: SILENT_MS });
  return new Promise((resolve, reject) => {
    let isJoined = false;
    let hasSpoken = false;
    let facts: ProofFacts | undefined; // of this connection, when this worker has a token
    // A joined link may still have last messages on their way.
    const onAbort = () => isJoined ? link.close("this worker is ending") : raw.abort("this worker is ending");
    signal.addEventListener("abort", onAbort, { once: true });
    const forget = () => signal.removeEventListener("abort", onAbort);
    link.open({
      message(message: ToWorker) {
        hasSpoken = true;
        switch (message.kind) {
          case "challenge":
            facts = proofFacts(message.nonce, options);
            return link.send(createHello(facts, options));
          case "welcome": {
            const refusal = judgeWelcome(message, facts, options);
            if (refusal !== undefined) {
              raw.abort(refusal);
              return reject(new LocustError(refusal, { code: "refused" }));
            }
            isJoined = true;
            options.onWelcome();
            return options.onJoined(link, message, (end) => {
              forget();
              resolve(end);
            });
          }
          case "refused":
            return reject(new LocustError(message.reason, { code: "refused" }));
          default:
            return raw.abort(`it said "${message.kind}" before its welcome`);
        }
      },
      ended(end) {
        forget();
        reject(
          hasSpoken
            ? new LocustError(`The master at ${raw.peer} ended the connection: ${end.reason}`)
            : new SilentEnd(end.reason, raw.peer),
        );
      },
    });
  });
}

function proofFacts(masterNonce: Uint8Array, { introduction, token }: MasterConnectionOptions): ProofFacts | undefined {
  if (token === undefined) return undefined;
  return { token, masterNonce, workerNonce: createNonce(), workerId: introduction.workerId };
}

function createHello(facts: ProofFacts | undefined, { introduction }: MasterConnectionOptions): HelloMessage {
  if (facts === undefined) return { kind: "hello", ...introduction, nonce: createNonce() };
  return { kind: "hello", ...introduction, nonce: facts.workerNonce, proof: createProof("worker", facts) };
}

/** The reason why this worker does not join, as a sentence; undefined if the master's proof is right. */
function judgeWelcome(
  { proof }: Welcome,
  facts: ProofFacts | undefined,
  { token }: MasterConnectionOptions,
): string | undefined {
  if (token === undefined || (facts !== undefined && isProofValid("master", facts, proof))) return undefined;
  const what = proof === undefined
    ? "this worker has a token and the master has none"
    : "the master does not know this worker's token";
  return `Cannot join: ${what}; give both the same --master-token`;
}

/** Each problem is logged at an interval, not at every attempt; a different one at once. */
function createComplaint(clock: Clock, logger: Logger): { about(error: unknown): void; reset(): void } {
  const toldAtMs = new Map<string, number>();
  return {
    about(error) {
      const why = describeProblem(error);
      if (clock.nowMs() - (toldAtMs.get(why) ?? -Infinity) < REPEAT_COMPLAINT_MS) return;
      if (toldAtMs.size >= MAX_TROUBLES) toldAtMs.clear();
      toldAtMs.set(why, clock.nowMs());
      logger.warning(`${why}; trying again until it answers`);
    },
    reset() {
      toldAtMs.clear();
    },
  };
}
