/**
 * Messages to frames and back: `[kind, body]` as one MessagePack value of plain types. The only file that names msgpackr.
 * What comes in is scanned before it is decoded and checked after: see `scan_value.ts` and `parse_message.ts`.
 */
import { Packr } from "msgpackr/pack";
import { Unpackr } from "msgpackr/unpack";
import { describeThrown } from "../base/errors.ts";
import { encodeFrame } from "./framing.ts";
import { parseToMaster, parseToWorker } from "./parse_message.ts";
import { toPlainData } from "./plain_data.ts";
import { MessageError, scanValue } from "./scan_value.ts";
import type { ToMaster, ToWorker } from "./worker_message.ts";

// Records and structured clones are msgpackr's own dialect: a worker in another language could not read them.
const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });

/** Both directions of one side of the wire. */
export interface Codec<Incoming, Outgoing> {
  /** A whole frame. Throws a `LocustError` if the message is too large or holds what cannot be written. */
  encode(message: Outgoing): Uint8Array;
  /** Throws a `MessageError` if the payload is no message. */
  decode(payload: Uint8Array): Incoming;
}

export const masterCodec: Codec<ToMaster, ToWorker> = {
  encode: encodeMessage,
  decode: (payload) => parseToMaster(decodeValue(payload)),
};

export const workerCodec: Codec<ToWorker, ToMaster> = {
  encode: encodeMessage,
  decode: (payload) => parseToWorker(decodeValue(payload)),
};

function encodeMessage(message: ToMaster | ToWorker): Uint8Array {
  const { kind, ...body } = message;
  return encodeFrame(packr.pack([kind, toPlainData(body)]));
}

function decodeValue(payload: Uint8Array): unknown {
  scanValue(payload);
  try {
    return unpackr.unpack(payload);
  } catch (error) {
    throw new MessageError(`a message cannot be decoded: ${describeThrown(error)}`);
  }
}
