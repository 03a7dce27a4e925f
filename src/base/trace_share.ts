/**
 * Decides which requests carry a trace context (W3C Trace Context, `traceparent`), and makes its ids. The decision is
 * drawn from the seed of the run; ids are random, so that two runs never share a trace.
 */
import { lateCrypto } from "./late_modules.ts";
import type { Random } from "./random.ts";

/** The trace of the next request; undefined: it has none. */
export type NextTrace = () => TraceContext | undefined;

export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The header field: version 00, sampled. */
  readonly traceparent: string;
}

/** Undefined for a share of 0: no request pays for it. */
export function createNextTrace(share: number, random: Pick<Random, "float">): NextTrace | undefined {
  if (!(share > 0)) return undefined;
  return () => random.float() < share ? createTrace() : undefined;
}

function createTrace(): TraceContext {
  const traceId = createId(16);
  return { traceId, traceparent: `00-${traceId}-${createId(8)}-01` };
}

/** All zeros is no id: the last digit is never 0. */
function createId(bytes: number): string {
  const id = lateCrypto().randomBytes(bytes).toString("hex");
  return /^0+$/.test(id) ? `${id.slice(0, -1)}1` : id;
}
