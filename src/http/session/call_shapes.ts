/**
 * Heads of calls with options. Calls that set the same header fields and send the same kind of body have one shape: their heads differ
 * in the path and in values, which go into the gaps of a template. What a template cannot hold (a Host, a field that is given twice) has
 * a shape without one, and is composed anew for each call.
 * Bounded: all shapes are dropped when there are more.
 */
import type { HeadTemplate } from "../request/request_head.ts";

/** Few calls of a locustfile differ in their shape; a test that makes header names up must not fill the memory. */
const MAX_SHAPES = 64;

/** What the heads of a shape have in common, beside what is the same for all calls of a session. */
export interface CallShape {
  readonly method: string;
  /** Of the header fields, as the call gives them. */
  readonly names: readonly string[];
  readonly body: "none" | "bytes";
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly cookie: "sent" | "none";
}

interface KnownShape {
  readonly shape: CallShape;
  readonly template: HeadTemplate | undefined;
}

export class CallShapes {
  #known: KnownShape[] = [];

  /** The template of a shape; `create` gives undefined where there can be none. */
  template(shape: CallShape, create: (shape: CallShape) => HeadTemplate | undefined): HeadTemplate | undefined {
    for (const known of this.#known) if (isSame(known.shape, shape)) return known.template;
    if (this.#known.length >= MAX_SHAPES) this.#known = [];
    const template = create(shape);
    this.#known.push({ shape, template });
    return template;
  }
}

function isSame(a: CallShape, b: CallShape): boolean {
  if (a.method !== b.method || a.body !== b.body || a.contentType !== b.contentType) return false;
  if (a.accept !== b.accept || a.cookie !== b.cookie || a.names.length !== b.names.length) return false;
  for (let i = 0; i < a.names.length; i++) if (a.names[i] !== b.names[i]) return false;
  return true;
}
