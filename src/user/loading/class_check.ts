/**
 * Checks the statics of a user class before a run: weights, host, and the settings of its HTTP client. Pure; finds
 * every mistake. A static may hold anything, whatever its type says, and a wrong one would change or hang every request
 * without a word. The host of a user without an HTTP client is whatever that user makes of it.
 */
import { describeThrown } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import { findWrongTags, TAGS_ADVICE } from "../../base/sample_tags.ts";
import { ipVersion } from "../../base/ip_address.ts";
import { HeaderList } from "../../http/bytes/header_list.ts";
import { checkTlsSettings } from "../../http/request/option_values.ts";
import { ClientPool } from "../../http/session/client_pool.ts";
import { parseProxy } from "../../http/session/session_options.ts";
import { findBadRate } from "../../load/arrivals/arrival_rate.ts";
import { ITERATIONS, WHEN_LATE } from "../lifecycle/iteration_gate.ts";
import type { TaskOwner } from "../tasks/task_members.ts";
import { needsHost } from "../needs_host.ts";
import { findWaitTime } from "./wait_check.ts";

/** A mistake in a static: a clause that follows the class's name. */
export interface StaticProblem {
  readonly member: string;
  readonly problem: string;
}

/** What a static must be, in words, and whether a value is that. */
interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly advice: string;
  /** What is wrong within a value of the right type. */
  readonly detail?: (value: unknown) => string | undefined;
}

const BASE_URL = /^https?(?:\+unix)?:\/\/./i;

const secondsAboveZero = { fits: (value: unknown) => isNumber(value) && value > 0, advice: "give seconds above 0" };
const seconds = { fits: (value: unknown) => isNumber(value) && value >= 0, advice: "give seconds from 0" };
const count = { fits: (value: unknown) => isWhole(value) && value >= 0, advice: "give a whole number from 0" };
const countAboveZero = { fits: (value: unknown) => isWhole(value) && value > 0, advice: "give a whole number above 0" };
const yesOrNo = { fits: (value: unknown) => typeof value === "boolean", advice: "give true or false" };
const pool = { fits: (value: unknown) => value instanceof ClientPool, advice: "give a ClientPool" };

const USER_RULES: Readonly<Record<string, Rule>> = {
  weight: {
    fits: (value) => isNumber(value) && value >= 0,
    advice: "give a number above 0, or 0 to switch the class off",
  },
  fixedCount: count,
  abstract: yesOrNo,
  host: {
    fits: (value) => typeof value === "string" || value === null,
    advice: 'give a URL as text, as in "https://shop.example"',
  },
  tags: {
    fits: (value) => findWrongTags(value) === undefined,
    advice: TAGS_ADVICE,
    detail: (value) => `its tags are ${findWrongTags(value)}; ${TAGS_ADVICE}`,
  },
};

const OPEN_RULES: Readonly<Record<string, Rule>> = {
  iteration: oneOf(ITERATIONS),
  freshUsers: yesOrNo,
  maxUsers: countAboveZero,
  whenLate: oneOf(WHEN_LATE),
};

const CLIENT_RULES: Readonly<Record<string, Rule>> = {
  connectionTimeout: secondsAboveZero,
  networkTimeout: secondsAboveZero,
  idleTimeout: seconds,
  dnsTtl: seconds,
  maxRedirects: count,
  maxRetries: count,
  concurrency: countAboveZero,
  maxHeadBytes: countAboveZero,
  maxHeadFields: countAboveZero,
  insecure: yesOrNo,
  discardBody: yesOrNo,
  defaultHeaders: {
    fits: (value) => typeof value === "object" && value !== null && doesNotThrow(() => new HeaderList(value as never)),
    advice: 'give an object of names and texts, as in { "X-Team": "shop" }',
    detail: (value) => whatThrows(() => new HeaderList(value as never)),
  },
  proxy: {
    fits: (value) => typeof value === "string" && doesNotThrow(() => parseProxy(value)),
    advice: 'give a URL, as in "http://user:password@host:port" or "socks5://host:port"',
  },
  sourceAddress: { fits: (value) => typeof value === "string" && ipVersion(value) !== 0, advice: "give an IP address" },
  tls: {
    fits: (value) => typeof value === "object" && value !== null && doesNotThrow(() => checkTlsSettings(value)),
    advice: "give an object of TLS settings, as the HTTP page lists them",
    detail: (value) => whatThrows(() => checkTlsSettings(value)),
  },
  clientPool: pool,
  poolManager: pool,
};

/** Mistakes in the statics of a class. */
export function checkUserClass(userClass: object): StaticProblem[] {
  const isClient = needsHost(userClass);
  const problems = findWrong(userClass, USER_RULES, OPEN_RULES, isClient ? CLIENT_RULES : {});
  const host: unknown = Reflect.get(userClass, "host");
  if (isClient && typeof host === "string" && host !== "" && !BASE_URL.test(host)) {
    problems.push({
      member: "host",
      problem: `its host is "${host}", which is not a URL; begin it with http:// or https://`,
    });
  }
  return [...problems, ...findBadRates(userClass), ...findContradictions(userClass)];
}

function findBadRates(userClass: object): StaticProblem[] {
  return ["arrivalRate", "targetRate"].flatMap((member) => {
    const value: unknown = Reflect.get(userClass, member);
    const problem = value === undefined ? undefined : findBadRate(member, value);
    return problem === undefined ? [] : [{ member, problem }];
  });
}

/** A target rate says when tasks start; so does everything here. */
function findContradictions(userClass: object): StaticProblem[] {
  if (Reflect.get(userClass, "targetRate") === undefined) return [];
  const member = "targetRate";
  const problems: StaticProblem[] = [];
  if (Reflect.get(userClass, "arrivalRate") !== undefined) {
    problems.push({
      member,
      problem: "it has a targetRate and an arrivalRate; keep the first for users that wait for their answers, " +
        "the second for arrivals that do not",
    });
  }
  const waiting = findWaitTime(userClass as TaskOwner);
  if (waiting !== undefined) {
    problems.push({
      member,
      problem: `it has a targetRate and a waitTime${ofBase(waiting, userClass)}; leave one out`,
    });
  }
  return problems;
}

function ofBase(level: TaskOwner, userClass: object): string {
  return level === userClass ? "" : ` of its base "${level.name}"`;
}

/** Whether a class is switched off: `weight = 0`, and no fixed number of users. */
export function isSwitchedOff(
  { weight, fixedCount }: { readonly weight: number; readonly fixedCount: number },
): boolean {
  return weight === 0 && fixedCount === 0;
}

function findWrong(userClass: object, ...tables: readonly Readonly<Record<string, Rule>>[]): StaticProblem[] {
  return tables.flatMap(Object.entries<Rule>).flatMap(([member, { fits, advice, detail }]) => {
    const value: unknown = Reflect.get(userClass, member);
    const isLeftOut = value === undefined && member !== "weight" && member !== "fixedCount"; // which every class inherits
    if (isLeftOut || fits(value)) return [];
    const within = typeof value === "object" && value !== null ? detail?.(value) : undefined;
    return [{ member, problem: within ?? `its ${member} is ${describeKind(value)}; ${advice}` }];
  });
}

function oneOf(words: readonly string[]): Rule {
  return {
    fits: (value) => typeof value === "string" && words.includes(value),
    advice: `give ${words.map((word) => `"${word}"`).join(" or ")}`,
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

function doesNotThrow(check: () => unknown): boolean {
  return whatThrows(check) === undefined;
}

function whatThrows(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (thrown) {
    return describeThrown(thrown).replace(/^\w+: /, "").replace(/^Cannot use the TLS settings: /, "its ").replace(
      /^Cannot set the header/,
      "its default header",
    );
  }
}
