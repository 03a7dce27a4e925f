/**
 * A prepared request holds everything that is the same each time it is sent: its bytes, its origin, its row in the
 * statistics. It is made once; users of one class that send the same requests share them. Bounded: a cache holds two
 * generations and drops the older one when the younger is full.
 */
import { encodeByteString } from "../bytes/latin1.ts";
import type { TraceContext } from "../../base/trace_share.ts";
import type { Origin } from "../engine/origin.ts";
import type { Entry, Recorder } from "../../stats/recording/recorder.ts";
import { CallShapes } from "./call_shapes.ts";
import type { HeadTemplate } from "../request/request_head.ts";
import type { RequestTarget } from "../request/request_target.ts";
import type { SentRequest } from "./res.ts";
import { rowOf } from "./sample.ts";
import type { WireRequest } from "../engine/wire.ts";

/** One method and URL, ready to be sent again and again. */
export class PreparedRequest implements SentRequest {
  readonly method: string;
  readonly name: string;
  readonly target: RequestTarget;
  readonly wire: WireRequest;
  /** That its header names; undefined for nearly all. */
  readonly trace: TraceContext | undefined;
  readonly nameOrigin: "given" | "url";
  #entry: Entry | undefined;
  #lastRenamed: PreparedRequest | undefined;

  constructor(
    method: string,
    name: string,
    target: RequestTarget,
    wire: WireRequest,
    nameOrigin: "given" | "url",
    trace?: TraceContext,
  ) {
    this.method = method;
    this.name = name;
    this.target = target;
    this.wire = wire;
    this.nameOrigin = nameOrigin;
    this.trace = trace;
  }

  get url(): string {
    return this.target.url;
  }

  /** The row it counts in. Not made before something is counted: a renamed request must leave no row behind. */
  entryIn(recorder: Recorder): Entry {
    return this.#entry ??= rowOf(recorder, this);
  }

  /** The same request as another row. */
  renamed(name: string): PreparedRequest {
    if (name === this.name && this.nameOrigin === "given") return this;
    if (this.#lastRenamed?.name === name) return this.#lastRenamed;
    return this.#lastRenamed = new PreparedRequest(this.method, name, this.target, this.wire, "given");
  }

  /** The same request with cookies. */
  withCookie(cookie: string): PreparedRequest {
    return this.#with(`Cookie: ${cookie}`);
  }

  /** The same request with a trace context. */
  withTrace(trace: TraceContext): PreparedRequest {
    return this.#with(`traceparent: ${trace.traceparent}`, trace);
  }

  #with(line: string, trace?: TraceContext): PreparedRequest {
    return new PreparedRequest(this.method, this.name, this.target, this.#wireWith(line), this.nameOrigin, trace);
  }

  #wireWith(line: string): WireRequest {
    const { head } = this.wire;
    const field = encodeByteString(`${line}\r\n\r\n`);
    const whole = new Uint8Array(head.length - EMPTY_LINE + field.length);
    whole.set(head.subarray(0, head.length - EMPTY_LINE));
    whole.set(field, head.length - EMPTY_LINE);
    return { ...this.wire, head: whole };
  }
}

/** The head ends with an empty line: a further field goes before it. */
const EMPTY_LINE = 2;

/** Requests in one generation: enough for the fixed pages of a test, little enough to forget pages with numbers in them. */
const GENERATION = 500;

/** Origins with templates: a test that makes host names up must not fill the memory. */
const MAX_ORIGINS = 64;

/** Shared caches per thread: one per user class, base URL and header set. */
const MAX_SHARED = 256;

export class PreparedRequestCache {
  /** Of the headers that it was made with. */
  readonly version: number;
  readonly #generation: number;
  #young = new Map<string, Map<string, PreparedRequest>>();
  #old = new Map<string, Map<string, PreparedRequest>>();
  #count = 0;
  #templates: Map<Origin, Map<string, HeadTemplate>> | undefined;
  #shapes: CallShapes | undefined;
  #targets: Map<string, RequestTarget> | undefined;

  constructor(generation = GENERATION, version = 0) {
    this.version = version;
    this.#generation = generation;
  }

  /** The template of a method at an origin. */
  template(origin: Origin, method: string, create: () => HeadTemplate): HeadTemplate {
    const templates = this.#templates ??= new Map();
    let ofOrigin = templates.get(origin);
    if (ofOrigin === undefined) {
      if (templates.size >= MAX_ORIGINS) templates.clear();
      templates.set(origin, ofOrigin = new Map());
    }
    let template = ofOrigin.get(method);
    if (template === undefined) ofOrigin.set(method, template = create());
    return template;
  }

  /** Heads of calls with options. */
  get shapes(): CallShapes {
    return this.#shapes ??= new CallShapes();
  }

  /** The target of a path, if it was kept. */
  target(path: string): RequestTarget | undefined {
    return this.#targets?.get(path);
  }

  keepTarget(path: string, target: RequestTarget): void {
    const targets = this.#targets ??= new Map();
    if (targets.size >= this.#generation) targets.clear();
    targets.set(path, target);
  }

  get(method: string, url: string): PreparedRequest | undefined {
    const prepared = this.#young.get(method)?.get(url);
    if (prepared !== undefined) return prepared;
    const old = this.#old.get(method)?.get(url);
    if (old !== undefined) this.set(method, url, old);
    return old;
  }

  set(method: string, url: string, prepared: PreparedRequest): void {
    if (this.#count >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#count = 0;
    }
    let requests = this.#young.get(method);
    if (requests === undefined) this.#young.set(method, requests = new Map());
    requests.set(url, prepared);
    this.#count++;
  }
}

const sharedCaches = new WeakMap<Recorder, Map<string, PreparedRequestCache>>();

const classCaches = new WeakMap<Recorder, WeakMap<object, PreparedRequestCache>>();

/** What `share` gives, found without a text of the whole head by what all users of a class hold. */
export function classRequests(
  recorder: Recorder,
  ofClass: object,
  share: () => PreparedRequestCache,
): PreparedRequestCache {
  let caches = classCaches.get(recorder);
  if (caches === undefined) classCaches.set(recorder, caches = new WeakMap());
  let cache = caches.get(ofClass);
  if (cache === undefined) caches.set(ofClass, cache = share());
  return cache;
}

/** The cache of all sessions that count in `recorder` and send the same head for the same URL. */
export function sharedRequests(recorder: Recorder, headState: string): PreparedRequestCache {
  let caches = sharedCaches.get(recorder);
  if (caches === undefined) sharedCaches.set(recorder, caches = new Map());
  let cache = caches.get(headState);
  if (cache === undefined) {
    if (caches.size >= MAX_SHARED) caches.clear();
    caches.set(headState, cache = new PreparedRequestCache());
  }
  return cache;
}
