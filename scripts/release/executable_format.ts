/**
 * Reads from the head of an executable what it is: ELF, Mach-O or PE, for which processor, and for ELF its loader and the libraries
 * that it links. Pure: works on bytes.
 */
export interface ExecutableFormat {
  readonly kind: "ELF" | "Mach-O" | "PE";
  readonly machine: "x64" | "arm64" | "other";
  /** The loader that an ELF file asks for. */
  readonly interpreter?: string;
  /** Names of the shared libraries that an ELF file links, in its own order. */
  readonly libraries?: readonly string[];
}

type Machine = ExecutableFormat["machine"];

const ELF_MACHINES: Readonly<Record<number, Machine>> = { 62: "x64", 183: "arm64" };
const MACH_MACHINES: Readonly<Record<number, Machine>> = { 0x0100_0007: "x64", 0x0100_000c: "arm64" };
const PE_MACHINES: Readonly<Record<number, Machine>> = { 0x8664: "x64", 0xaa64: "arm64" };

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;

/** Undefined for bytes that are none of the three, in 64 bits and little-endian. */
export function readFormat(bytes: Uint8Array): ExecutableFormat | undefined {
  if (bytes.length < 64) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) === 0x7f454c46) return readElf(bytes, view);
  if (view.getUint32(0, true) === 0xfeedfacf) {
    return { kind: "Mach-O", machine: MACH_MACHINES[view.getUint32(4, true)] ?? "other" };
  }
  if (view.getUint16(0) !== 0x4d5a) return undefined;
  const head = view.getUint32(0x3c, true);
  if (head + 6 > bytes.length || view.getUint32(head) !== 0x50450000) return undefined;
  return { kind: "PE", machine: PE_MACHINES[view.getUint16(head + 4, true)] ?? "other" };
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

function readElf(bytes: Uint8Array, view: DataView): ExecutableFormat | undefined {
  if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1) return undefined;
  const machine = ELF_MACHINES[view.getUint16(18, true)] ?? "other";
  const segments = readSegments(view);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  return {
    kind: "ELF",
    machine,
    ...(interpreter === undefined ? {} : { interpreter: readText(bytes, interpreter.offset) }),
    ...(dynamic === undefined ? {} : { libraries: readLibraries(bytes, view, dynamic, segments) }),
  };
}

function readSegments(view: DataView): readonly Segment[] {
  const start = Number(view.getBigUint64(32, true));
  const size = view.getUint16(54, true);
  return Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = start + index * size;
    return {
      type: view.getUint32(at, true),
      offset: Number(view.getBigUint64(at + 8, true)),
      address: Number(view.getBigUint64(at + 16, true)),
      size: Number(view.getBigUint64(at + 32, true)),
    };
  });
}

function readLibraries(
  bytes: Uint8Array,
  view: DataView,
  dynamic: Segment,
  segments: readonly Segment[],
): readonly string[] {
  const entries = Array.from({ length: Math.floor(dynamic.size / 16) }, (_, index) => {
    const at = dynamic.offset + index * 16;
    return { tag: view.getBigUint64(at, true), value: Number(view.getBigUint64(at + 8, true)) };
  });
  const address = entries.find(({ tag }) => tag === DT_STRTAB)?.value ?? 0;
  const holder = segments.find((segment) =>
    segment.type === PT_LOAD && segment.address <= address && address < segment.address + segment.size
  );
  if (holder === undefined) return [];
  const texts = address - holder.address + holder.offset;
  return entries.filter(({ tag }) => tag === DT_NEEDED).map(({ value }) => readText(bytes, texts + value));
}

/** Up to the zero. */
function readText(bytes: Uint8Array, offset: number): string {
  return new TextDecoder().decode(bytes.subarray(offset, bytes.indexOf(0, offset)));
}
