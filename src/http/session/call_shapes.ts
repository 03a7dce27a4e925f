/**
 * Heads of calls with options. Calls to one origin that set the same header fields and send the same kind of body have
 * one shape: their heads differ in the path and in values, which go into the gaps of a template. What a template cannot
 * hold (a Host, a field that is given twice) has a shape without one, and is composed anew for each call. Bounded: all
 * shapes are dropped when there are more.
 */
import type { Origin } from "../engine/origin.ts";
import type { HeadTemplate } from "../request/request_head.ts";

/** Few calls of a locustfile differ in their shape; a test that makes header names up must not fill the memory. */
const MAX_SHAPES = 64;

/** What the heads of a shape have in common, beside what is the same for all calls of a session. */
export interface CallShape {
  readonly origin: Origin;
  readonly method: string;
  /** Of the header fields, as the call gives them. */
  readonly names: readonly string[];
  readonly body: "none" | "bytes";
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly cookie: "sent" | "none";
}

export interface KnownShape {
  readonly shape: CallShape;
  readonly template: HeadTemplate | undefined;
}

export class CallShapes {
  #known: KnownShape[] = [];

  /** By its parts, so that a call whose shape is known makes none. */
  find(
    origin: Origin,
    method: string,
    names: readonly string[],
    body: CallShape["body"],
    contentType: string | undefined,
    accept: string | undefined,
    cookie: CallShape["cookie"],
  ): KnownShape | undefined {
    for (const known of this.#known) {
      const { shape } = known;
      if (shape.origin !== origin || shape.method !== method) continue;
      if (shape.body !== body || shape.contentType !== contentType || shape.accept !== accept) continue;
      if (shape.cookie === cookie && isSame(shape.names, names)) return known;
    }
    return undefined;
  }

  /** `create` gives undefined where there can be no template. */
  keep(shape: CallShape, create: (shape: CallShape) => HeadTemplate | undefined): KnownShape {
    if (this.#known.length >= MAX_SHAPES) this.#known = [];
    const known = { shape, template: create(shape) };
    this.#known.push(known);
    return known;
  }
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  if (names.length !== others.length) return false;
  for (let i = 0; i < names.length; i++) if (names[i] !== others[i]) return false;
  return true;
}
