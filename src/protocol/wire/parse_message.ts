/**
 * Checks every message that comes over a link, field by field, and gives it its type. Unknown fields are dropped, an unknown
 * kind or a wrong field throws a `MessageError`. Nothing behind this file sees unchecked data. Pure.
 */
import { parseIterationPlans } from "./parse_iterations.ts";
import { parseScenarioPlans } from "./parse_scenarios.ts";
import type { ReceivedNames } from "./known_names.ts";
import { parseArrivalOrder, parseReading } from "./parse_arrivals.ts";
import { parseDelta } from "./parse_delta.ts";
import { parseAnswer, parseAsk, parseWithdraw } from "./parse_question.ts";
import { parseHealth } from "./parse_health.ts";
import {
  type Fields,
  has,
  MAX_NAME,
  readAmount,
  readBytes,
  readCount,
  readFlag,
  readIdentifier,
  readList,
  readMap,
  readText,
  readTextList,
  readWord,
  toFields,
  wrong,
} from "./read_field.ts";
import { MAX_FRAME_BYTES } from "./framing.ts";
import { NONCE_BYTES } from "../proof.ts";
import { MessageError } from "./scan_value.ts";
import type { UserMessage } from "../user_message.ts";
import type {
  HelloMessage,
  IndexesByClass,
  LargeFile,
  ReadyMessage,
  RunPlan,
  ToMaster,
  ToWorker,
  UsersByClass,
} from "../worker_message.ts";

const MAX_CLASSES = 10_000;
const MAX_INDEXES = 1_000_000;
const WORKER_STATES = ["ready", "spawning", "running", "stopping"] as const;

type Parsers<Message extends { kind: string }> = {
  readonly [K in Message["kind"]]: (fields: Fields, names: ReceivedNames) => Extract<Message, { kind: K }>;
};

const TO_MASTER: Parsers<ToMaster> = {
  hello: parseHello,
  ready: parseReady,
  heartbeat: (fields) => ({
    kind: "heartbeat",
    state: readWord(fields, "state", WORKER_STATES),
    users: readCount(fields, "users"),
    ...(has(fields, "usersByClass") ? { usersByClass: parseUsers(fields, "usersByClass") } : {}),
    health: parseHealth(toFields(fields.health, "health")),
  }),
  applied: (fields) => ({
    kind: "applied",
    runId: readIdentifier(fields, "runId"),
    epoch: readCount(fields, "epoch"),
    users: parseUsers(fields, "users"),
    ...(has(fields, "endedStreams")
      ? { endedStreams: readList(fields, "endedStreams", MAX_CLASSES, (id) => readCount({ id }, "id")) }
      : {}),
  }),
  arrivalsHeld: (fields) => ({
    kind: "arrivalsHeld",
    runId: readIdentifier(fields, "runId"),
    hold: readCount(fields, "hold", 1),
    atMs: readAmount(fields, "atMs"),
  }),
  stats: (fields, names) => ({
    kind: "stats",
    runId: readIdentifier(fields, "runId"),
    seq: readCount(fields, "seq", 1),
    spanMs: readAmount(fields, "spanMs"),
    ...(has(fields, "reachAgeMs") ? { reachAgeMs: readAmount(fields, "reachAgeMs") } : {}),
    delta: parseDelta(fields.delta, names),
    ...(has(fields, "reading") ? { reading: parseReading(fields.reading) } : {}),
  }),
  userMessage: (fields, names) => ({ kind: "userMessage", message: parseUserMessage(fields.message, names) }),
  stopped: (fields) => ({
    kind: "stopped",
    runId: readIdentifier(fields, "runId"),
    lastSeq: readCount(fields, "lastSeq"),
    abandoned: readCount(fields, "abandoned"),
  }),
  fetchPart: (fields) => ({
    kind: "fetchPart",
    hash: readIdentifier(fields, "hash"),
    path: readText(fields, "path", MAX_NAME),
    offset: readCount(fields, "offset"),
  }),
  leaving: (fields) => ({ kind: "leaving", reason: readText(fields, "reason") }),
  bye: (fields) => ({ kind: "bye", reason: readText(fields, "reason") }),
};

const USER_MESSAGES: Parsers<UserMessage> = {
  log: (fields) => ({
    kind: "log",
    level: readText(fields, "level", MAX_NAME),
    logger: readText(fields, "logger", MAX_NAME),
    message: readText(fields, "message"),
    ...(has(fields, "about") ? { about: readText(fields, "about") } : {}),
    ...(has(fields, "repeats") ? { repeats: readWord(fields, "repeats", ["counted"]) } : {}),
  }),
  custom: parseCustom,
  report: (fields) => ({ kind: "report", data: fields.data ?? null }),
  stopTest: (fields) => ({
    kind: "stopTest",
    message: readText(fields, "message"),
    failed: readFlag(fields, "failed"),
  }),
  ask: parseAsk,
  withdraw: parseWithdraw,
  listenerFailed: (fields) => ({
    kind: "listenerFailed",
    event: readText(fields, "event"),
    text: readText(fields, "text"),
    times: readCount(fields, "times", 1),
  }),
};

const TO_WORKER: Parsers<ToWorker> = {
  challenge: (fields) => ({ kind: "challenge", nonce: readNonce(fields) }),
  welcome: (fields) => ({
    kind: "welcome",
    workerIndex: readCount(fields, "workerIndex"),
    protocol: parseVersion(fields),
    locustfileHash: readText(fields, "locustfileHash", MAX_NAME),
    ...(has(fields, "proof") ? { proof: readBytes(fields, "proof", 256) } : {}),
  }),
  refused: (fields) => ({ kind: "refused", reason: readText(fields, "reason") }),
  heartbeat: () => ({ kind: "heartbeat" }),
  locustfile: (fields) => ({
    kind: "locustfile",
    hash: readIdentifier(fields, "hash"),
    source: readText(fields, "source", MAX_FRAME_BYTES),
    files: readList(fields, "files", 10_000, (item) => {
      const file = toFields(item, "file");
      return { path: readText(file, "path", MAX_NAME), bytes: readBytes(file, "bytes", MAX_FRAME_BYTES) };
    }),
    ...(has(fields, "large") ? { large: readList(fields, "large", 10_000, parseLargeFile) } : {}),
    ...(has(fields, "options") ? { options: toFields(fields.options, "options") } : {}),
  }),
  filePart: (fields) => ({
    kind: "filePart",
    hash: readIdentifier(fields, "hash"),
    path: readText(fields, "path", MAX_NAME),
    offset: readCount(fields, "offset"),
    bytes: readBytes(fields, "bytes", MAX_FRAME_BYTES),
    ...(has(fields, "problem") ? { problem: readText(fields, "problem") } : {}),
  }),
  startRun: (fields) => ({ kind: "startRun", plan: parsePlan(toFields(fields.plan, "plan")) }),
  assign: (fields) => ({
    kind: "assign",
    runId: readIdentifier(fields, "runId"),
    epoch: readCount(fields, "epoch"),
    users: parseUsers(fields, "users"),
    fresh: parseIndexes(fields, "fresh"),
  }),
  arrivals: (fields) => ({ kind: "arrivals", ...parseArrivalOrder(fields) }),
  spawningComplete: (fields) => ({
    kind: "spawningComplete",
    runId: readIdentifier(fields, "runId"),
    userCount: readCount(fields, "userCount"),
  }),
  resetStats: (fields) => ({
    kind: "resetStats",
    runId: readIdentifier(fields, "runId"),
    resets: readCount(fields, "resets", 1),
  }),
  changeHost: (fields) => ({
    kind: "changeHost",
    runId: readIdentifier(fields, "runId"),
    ...(has(fields, "host") ? { host: readText(fields, "host") } : {}),
  }),
  changeOptions: (fields) => ({
    kind: "changeOptions",
    runId: readIdentifier(fields, "runId"),
    options: toFields(fields.options, "options"),
  }),
  ack: (fields) => ({ kind: "ack", runId: readIdentifier(fields, "runId"), seq: readCount(fields, "seq", 1) }),
  answer: parseAnswer,
  stop: (fields) => ({ kind: "stop", runId: readIdentifier(fields, "runId") }),
  custom: parseCustom,
  quit: (fields) => ({ kind: "quit", reason: readText(fields, "reason") }),
};

/** A message from a worker. `names`: those that its connection has carried so far. */
export function parseToMaster(value: unknown, names: ReceivedNames): ToMaster {
  return parseWith<ToMaster>(TO_MASTER, value, names);
}

/** A message from a master. */
export function parseToWorker(value: unknown, names: ReceivedNames): ToWorker {
  return parseWith<ToWorker>(TO_WORKER, value, names);
}

function parseWith<Message extends { kind: string }>(
  parsers: Parsers<Message>,
  value: unknown,
  names: ReceivedNames,
): Message {
  if (!Array.isArray(value) || typeof value[0] !== "string") throw wrong("message", "a list of kind and body");
  return parseBody(parsers, value[0], toFields(value[1] ?? {}, "body"), names);
}

function parseBody<Message extends { kind: string }>(
  parsers: Parsers<Message>,
  kind: string,
  body: Fields,
  names: ReceivedNames,
): Message {
  if (!Object.hasOwn(parsers, kind)) throw new MessageError(`there is no message of kind "${kind.slice(0, 40)}"`);
  const parse = parsers[kind as Message["kind"]] as Parsers<Message>[Message["kind"]];
  try {
    return parse(body, names);
  } catch (error) {
    if (error instanceof MessageError) throw new MessageError(`in "${kind}" ${error.message}`);
    throw error;
  }
}

function parseUserMessage(value: unknown, names: ReceivedNames): UserMessage {
  const fields = toFields(value, "message");
  return parseBody<UserMessage>(USER_MESSAGES, readText(fields, "kind", MAX_NAME), fields, names);
}

function parseLargeFile(item: unknown): LargeFile {
  const file = toFields(item, "file");
  return {
    path: readText(file, "path", MAX_NAME),
    size: readCount(file, "size"),
    changedMs: readAmount(file, "changedMs"),
  };
}

function parseHello(fields: Fields): HelloMessage {
  return {
    kind: "hello",
    protocol: parseVersion(fields),
    version: readText(fields, "version", MAX_NAME),
    workerId: readIdentifier(fields, "workerId"),
    host: readText(fields, "host", MAX_NAME),
    threads: Math.min(readCount(fields, "threads", 1), 4096),
    nonce: readNonce(fields),
    ...(has(fields, "proof") ? { proof: readBytes(fields, "proof", 256) } : {}),
  };
}

/** Of one length: two nonces side by side in a proof can be divided in one way only. */
function readNonce(fields: Fields): Uint8Array {
  const nonce = readBytes(fields, "nonce", NONCE_BYTES);
  if (nonce.length !== NONCE_BYTES) throw wrong("nonce", `${NONCE_BYTES} bytes`);
  return nonce;
}

function parseReady(fields: Fields): ReadyMessage {
  return {
    kind: "ready",
    locustfileHash: readText(fields, "locustfileHash", MAX_NAME),
    userClasses: readTextList(fields, "userClasses", MAX_CLASSES),
    ...(has(fields, "socket") ? { socket: readText(fields, "socket", MAX_NAME) } : {}),
    ...(has(fields, "run") ? { run: parseKeptRun(toFields(fields.run, "run")) } : {}),
  };
}

function parseKeptRun(fields: Fields): NonNullable<ReadyMessage["run"]> {
  return {
    runId: readIdentifier(fields, "runId"),
    epoch: readCount(fields, "epoch"),
    users: parseUsers(fields, "users"),
    spareIndexes: parseIndexes(fields, "spareIndexes"),
  };
}

function parsePlan(fields: Fields): RunPlan {
  return {
    runId: readIdentifier(fields, "runId"),
    ...(has(fields, "host") ? { host: readText(fields, "host", MAX_NAME) } : {}),
    seed: readAmount(fields, "seed"),
    stopTimeoutSeconds: readAmount(fields, "stopTimeoutSeconds"),
    tags: readTextList(fields, "tags", MAX_CLASSES),
    excludeTags: readTextList(fields, "excludeTags", MAX_CLASSES),
    userClasses: readTextList(fields, "userClasses", MAX_CLASSES),
    ...(has(fields, "scenarios") ? { scenarios: parseScenarioPlans(fields, "scenarios") } : {}),
    classSettings: readList(fields, "classSettings", MAX_CLASSES, (item) => toFields(item, "classSettings")),
    equalWeights: readFlag(fields, "equalWeights"),
    options: toFields(fields.options, "options"),
    shared: fields.shared ?? null,
    phases: readFlag(fields, "phases"),
    ...(fields.failedTimes === true ? { failedTimes: true } : {}),
    ...(fields.failureSamples === true ? { failureSamples: true } : {}),
    ...(fields.urlGrouping === "off" ? { urlGrouping: "off" } : {}),
    ...(has(fields, "iterations") ? { iterations: parseIterationPlans(fields, "iterations") } : {}),
    ...(has(fields, "traceShare") ? { traceShare: readAmount(fields, "traceShare") } : {}),
    ...(fields["samples"] === "csv" || fields["samples"] === "ndjson" ? { samples: fields["samples"] } : {}),
  };
}

function parseCustom(fields: Fields): { kind: "custom"; type: string; data: unknown } {
  return { kind: "custom", type: readText(fields, "type", MAX_NAME), data: fields.data ?? null };
}

function parseVersion(fields: Fields): readonly [number, number] {
  const [major, minor] = readList(fields, "protocol", 16, (item) => readCount({ item }, "item"));
  if (major === undefined || minor === undefined) throw wrong("protocol", "a list of major and minor version");
  return [major, minor];
}

function parseUsers(fields: Fields, field: string): UsersByClass {
  return readMap(fields, field, (item) => readCount({ [field]: item }, field));
}

function parseIndexes(fields: Fields, field: string): IndexesByClass {
  return readMap(
    fields,
    field,
    (item) => readList({ [field]: item }, field, MAX_INDEXES, (each) => readCount({ [field]: each }, field)),
  );
}
