/** Checks the health in a heartbeat, field by field. Pure. */
import {
  type Fields,
  has,
  MAX_NAME,
  readAmount,
  readCount,
  readList,
  readText,
  readWord,
  toFields,
} from "./read_field.ts";
import {
  type Friction,
  FRICTION_FIELDS,
  type LimitUse,
  MEMORY_OWNERS,
  type ProcessLimits,
  type WorkerHealth,
} from "../health_message.ts";

export function parseHealth(fields: Fields): WorkerHealth {
  return {
    cpuPercent: readAmount(fields, "cpuPercent"),
    machineCpuPercent: readAmount(fields, "machineCpuPercent"),
    rssBytes: readAmount(fields, "rssBytes"),
    loopLagP99Ms: readAmount(fields, "loopLagP99Ms"),
    latenessP99Ms: readAmount(fields, "latenessP99Ms"),
    hung: readList(fields, "hung", 4096, (item) => {
      const hung = toFields(item, "hung");
      return {
        thread: readCount(hung, "thread"),
        silentMs: readAmount(hung, "silentMs"),
        doing: readText(hung, "doing", MAX_NAME),
      };
    }),
    ...(fields.starting === undefined ? {} : {
      starting: readList(fields, "starting", 4096, (item) => {
        const starting = toFields(item, "starting");
        return {
          userClass: readText(starting, "userClass", MAX_NAME),
          users: readCount(starting, "users"),
          longestMs: readAmount(starting, "longestMs"),
        };
      }),
    }),
    ...(has(fields, "friction") ? { friction: parseFriction(toFields(fields.friction, "friction")) } : {}),
    ...(has(fields, "blocked") ? { blocked: parseBlocked(toFields(fields.blocked, "blocked")) } : {}),
    ...(has(fields, "stood")
      ? {
        stood: readList(fields, "stood", 4096, (item) => {
          const stood = toFields(item, "stood");
          return { thread: readCount(stood, "thread"), doing: readText(stood, "doing", MAX_NAME) };
        }),
      }
      : {}),
    ...(has(fields, "pacedPerSecond") ? { pacedPerSecond: readAmount(fields, "pacedPerSecond") } : {}),
    ...(has(fields, "limits") ? { limits: parseLimits(toFields(fields.limits, "limits")) } : {}),
    ...(has(fields, "calibratedPerSecond") ? { calibratedPerSecond: readAmount(fields, "calibratedPerSecond") } : {}),
  };
}

function parseFriction(fields: Fields): Friction {
  return Object.fromEntries(FRICTION_FIELDS.map((field) => [field, readAmount(fields, field)])) as unknown as Friction;
}

function parseBlocked(fields: Fields): WorkerHealth["blocked"] & object {
  return { ms: readAmount(fields, "ms"), doing: readText(fields, "doing", MAX_NAME) };
}

function parseLimits(fields: Fields): ProcessLimits {
  const memory = has(fields, "memory") ? toFields(fields.memory, "memory") : undefined;
  const throttled = has(fields, "throttled") ? toFields(fields.throttled, "throttled") : undefined;
  return {
    ...(memory === undefined ? {} : { memory: { ...parseUse(memory), of: readWord(memory, "of", MEMORY_OWNERS) } }),
    ...(has(fields, "files") ? { files: parseUse(toFields(fields.files, "files")) } : {}),
    ...(has(fields, "ports") ? { ports: parseUse(toFields(fields.ports, "ports")) } : {}),
    ...(throttled === undefined ? {} : {
      throttled: {
        periods: readAmount(throttled, "periods"),
        throttledPeriods: readAmount(throttled, "throttledPeriods"),
        ms: readAmount(throttled, "ms"),
      },
    }),
  };
}

function parseUse(fields: Fields): LimitUse {
  return { used: readAmount(fields, "used"), limit: readAmount(fields, "limit") };
}
