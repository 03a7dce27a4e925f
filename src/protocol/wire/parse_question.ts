/**
 * Checks questions to the master and their answers, field by field. A kind of question that is not known is still
 * answered. Pure.
 */
import type { Answer, AnswerMessage, AskMessage, NumberRange, Question, WithdrawMessage } from "../question_message.ts";
import {
  type Fields,
  has,
  MAX_NAME,
  readCount,
  readIdentifier,
  readList,
  readNumber,
  readText,
  readWord,
  toFields,
  wrong,
} from "./read_field.ts";

const MAX_RANGES = 100_000;

const QUESTIONS: { readonly [K in Question["kind"]]: (fields: Fields) => Extract<Question, { kind: K }> } = {
  lease: (fields) => ({
    kind: "lease",
    name: readName(fields),
    size: fields["size"] === null ? null : readCount(fields, "size"),
    want: readCount(fields, "want", 1),
    used: readCount(fields, "used"),
  }),
  giveBack: (fields) => ({
    kind: "giveBack",
    name: readName(fields),
    ranges: readList(fields, "ranges", MAX_RANGES, parseRange),
    used: readCount(fields, "used"),
  }),
  drawn: (fields) => ({
    kind: "drawn",
    name: readName(fields),
    size: fields["size"] === null ? null : readCount(fields, "size"),
    count: readCount(fields, "count"),
  }),
  part: (fields) => ({ kind: "part", name: readName(fields) }),
  count: (fields) => ({ kind: "count", name: readName(fields), add: readNumber(fields, "add") }),
  barrier: (fields) => ({ kind: "barrier", name: readName(fields), parties: readCount(fields, "parties", 1) }),
  once: (fields) => ({ kind: "once", name: readName(fields) }),
  onceDone: (fields) => ({ kind: "onceDone", name: readName(fields), value: fields["value"] ?? null }),
  onceFailed: (fields) => ({ kind: "onceFailed", name: readName(fields), problem: readText(fields, "problem") }),
  onceLeft: (fields) => ({ kind: "onceLeft", name: readName(fields) }),
  get: (fields) => ({ kind: "get", name: readName(fields) }),
  set: (fields) => ({ kind: "set", name: readName(fields), value: fields["value"] ?? null }),
  threadGone: () => ({ kind: "threadGone" }),
  unknown: (fields) => ({ kind: "unknown", name: readName(fields) }),
};

export function parseAsk(fields: Fields): AskMessage {
  return { kind: "ask", ...parseAddress(fields), question: parseQuestion(toFields(fields["question"], "question")) };
}

export function parseWithdraw(fields: Fields): WithdrawMessage {
  return { kind: "withdraw", ...parseAddress(fields) };
}

export function parseAnswer(fields: Fields): AnswerMessage {
  return { kind: "answer", ...parseAddress(fields), answer: parseOutcome(toFields(fields["answer"], "answer")) };
}

function parseQuestion(fields: Fields): Question {
  const kind = readText(fields, "kind", MAX_NAME);
  if (!Object.hasOwn(QUESTIONS, kind)) return { kind: "unknown", name: kind.slice(0, 40) };
  return QUESTIONS[kind as Question["kind"]](fields);
}

function parseOutcome(fields: Fields): Answer {
  const kind = readWord(fields, "kind", ["value", "problem", "over"]);
  if (kind === "over") return { kind };
  return kind === "value"
    ? { kind, value: has(fields, "value") ? fields["value"] : null }
    : { kind, problem: readText(fields, "problem") };
}

function parseAddress(fields: Fields): { readonly runId: string; readonly thread: number; readonly number: number } {
  return {
    runId: readIdentifier(fields, "runId"),
    thread: readCount(fields, "thread"),
    number: readCount(fields, "number", 1),
  };
}

function readName(fields: Fields): string {
  return readText(fields, "name", MAX_NAME);
}

function parseRange(item: unknown): NumberRange {
  const [from, to] = Array.isArray(item) ? item : [];
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to <= from) {
    throw wrong("ranges", "a list of [from, to] with from below to");
  }
  return [from, to];
}
