/**
 * Converts messages to frames and back: `[kind, body]` as one MessagePack value of plain types. The only file that
 * imports msgpackr. Received bytes are scanned before they are decoded and checked after: see `scan_value.ts` and
 * `parse_message.ts`.
 */
import { Packr } from "msgpackr/pack";
import { Unpackr } from "msgpackr/unpack";
import { describeThrown } from "../../base/errors.ts";
import type { DeltaMessage } from "../delta_message.ts";
import { encodeFrame } from "./framing.ts";
import { ReceivedNames, SentNames } from "./known_names.ts";
import { packEntries } from "./packed_entries.ts";
import { parseToMaster, parseToWorker } from "./parse_message.ts";
import { toPlainData } from "./plain_data.ts";
import { MessageError, scanValue } from "./scan_value.ts";
import type { ToMaster, ToWorker } from "../worker_message.ts";

// Records and structured clones are msgpackr's own dialect: a worker in another language could not read them.
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });

/** Both directions of one end of one connection: whatever it encodes is sent on that one, in the same order. */
export interface Codec<Incoming, Outgoing> {
  /** A whole frame. Throws a `LocustError` if the message is too large or holds what cannot be written. */
  encode(message: Outgoing): Uint8Array;
  /** Throws a `MessageError` if the payload is no message. */
  decode(payload: Uint8Array): Incoming;
}

/** The master's end of one connection. */
export function createMasterCodec(): Codec<ToMaster, ToWorker> {
  return createCodec(parseToMaster);
}

/** The worker's end of one connection. */
export function createWorkerCodec(): Codec<ToWorker, ToMaster> {
  return createCodec(parseToWorker);
}

function createCodec<Incoming, Outgoing extends ToMaster | ToWorker>(
  parse: (value: unknown, names: ReceivedNames) => Incoming,
): Codec<Incoming, Outgoing> {
  const sent = new SentNames();
  const received = new ReceivedNames();
  return {
    encode(message) {
      const known = sent.size;
      try {
        return encodeMessage(message, sent);
      } catch (error) {
        sent.cutTo(known);
        throw error;
      }
    },
    decode: (payload) => parse(decodeValue(payload), received),
  };
}

function encodeMessage(message: ToMaster | ToWorker, names: SentNames): Uint8Array {
  const { kind, ...body } = message;
  const packed = message.kind === "stats" ? { ...body, delta: packDelta(message.delta, names) } : body;
  return encodeFrame(packr.pack([kind, toPlainData(packed)]));
}

function packDelta(delta: DeltaMessage, names: SentNames): object {
  const entries = packEntries(delta.entries, names);
  if (delta.tagged === undefined) return { ...delta, entries };
  const tagged = delta.tagged.map((group) => ({ ...group, entries: packEntries(group.entries, names) }));
  return { ...delta, entries, tagged };
}

function decodeValue(payload: Uint8Array): unknown {
  scanValue(payload);
  try {
    return unpackr.unpack(payload);
  } catch (error) {
    throw new MessageError(`a message cannot be decoded: ${describeThrown(error)}`);
  }
}
