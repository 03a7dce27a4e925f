/**
 * Reads what an OTLP receiver gets (protobuf of `ExportMetricsServiceRequest`): the resource and the points of each metric. Field numbers
 * are those of opentelemetry-proto 1.x.
 */
import { Buffer } from "node:buffer";

export interface OtlpPoint {
  readonly attributes: Readonly<Record<string, string>>;
  /** Of a sum. */
  readonly value?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly startMs: number;
  readonly timeMs: number;
}

export interface OtlpRequest {
  readonly resource: Readonly<Record<string, string>>;
  readonly metrics: ReadonlyMap<string, { readonly unit: string; readonly points: readonly OtlpPoint[] }>;
}

interface Field {
  readonly number: number;
  readonly bytes: Buffer; // of a varint: 8 bytes, little endian
}

export function readOtlp(body: Buffer): OtlpRequest {
  const resourceMetrics = one(readFields(body), 1);
  const attributes = all(readFields(one(readFields(resourceMetrics), 1)), 1);
  const metrics = new Map<string, { unit: string; points: OtlpPoint[] }>();
  for (const scope of all(readFields(resourceMetrics), 2)) {
    for (const metric of all(readFields(scope), 2).map(readFields)) {
      const data = metric.find(({ number }) => number === 7 || number === 9 || number === 5);
      const points = all(readFields(data?.bytes ?? Buffer.alloc(0)), 1).map(readFields);
      metrics.set(one(metric, 1).toString(), {
        unit: one(metric, 3).toString(),
        points: points.map((point) => data?.number === 9 ? readHistogram(point) : readNumber(point)),
      });
    }
  }
  return { resource: readAttributes(attributes), metrics };
}

function readHistogram(point: readonly Field[]): OtlpPoint {
  const list = (number: number, read: (bytes: Buffer, at: number) => number) => {
    const bytes = Buffer.concat(all(point, number));
    return Array.from({ length: bytes.length / 8 }, (_, i) => read(bytes, i * 8));
  };
  const double = (number: number) => one(point, number).readDoubleLE();
  const count = Number(one(point, 4).readBigUInt64LE());
  return {
    attributes: readAttributes(all(point, 9)),
    ...times(point),
    count,
    sum: double(5),
    ...(count === 0 ? {} : { min: double(11), max: double(12) }),
    counts: list(6, (bytes, at) => Number(bytes.readBigUInt64LE(at))),
    bounds: list(7, (bytes, at) => bytes.readDoubleLE(at)),
  };
}

function readNumber(point: readonly Field[]): OtlpPoint {
  const integer = point.find(({ number }) => number === 6);
  const value = integer === undefined ? one(point, 4).readDoubleLE() : Number(integer.bytes.readBigInt64LE());
  return { attributes: readAttributes(all(point, 7)), ...times(point), value, bounds: [], counts: [] };
}

function times(point: readonly Field[]) {
  const ms = (number: number) => Number(one(point, number).readBigUInt64LE() / 1_000_000n);
  return { startMs: ms(2), timeMs: ms(3) };
}

function readAttributes(pairs: readonly Buffer[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(readFields).map((pair) => {
      const value = readFields(one(pair, 2))[0];
      return [one(pair, 1).toString(), value?.number === 1 ? value.bytes.toString() : `(${value?.number})`];
    }),
  );
}

function one(fields: readonly Field[], number: number): Buffer {
  const field = fields.find((each) => each.number === number);
  if (field === undefined) throw new Error(`there is no field ${number}`);
  return field.bytes;
}

function all(fields: readonly Field[], number: number): Buffer[] {
  return fields.filter((each) => each.number === number).map(({ bytes }) => bytes);
}

function readFields(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    if (at + length > bytes.length) throw new Error("the message ends in a field");
    return bytes.subarray(at, at += length);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    if (wire === 0) {
      const value = Buffer.alloc(8);
      value.writeBigUInt64LE(varint() & 0xffff_ffff_ffff_ffffn);
      fields.push({ number: tag >> 3, bytes: value });
    } else if (wire === 1) fields.push({ number: tag >> 3, bytes: take(8) });
    else if (wire === 5) fields.push({ number: tag >> 3, bytes: take(4) });
    else if (wire === 2) fields.push({ number: tag >> 3, bytes: take(Number(varint())) });
    else throw new Error(`a wire type that does not exist: ${wire}`);
  }
  return fields;
}
