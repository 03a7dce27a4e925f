/** Doubts about a worker that came near a limit of its process, its control group or its machine, or ran into one. */
import { formatMany } from "../../../base/text/text.ts";
import { NO_LOCAL_ADDRESS, TOO_MANY_FILES } from "../../groups/own_failures.ts";
import type { RunEvidence } from "../evidence.ts";
import { type Finding, howOften, inMs, isSustained, type Severity } from "../rule.ts";

/**
 * At nine tenths the next burst can reach the limit, and what happens then is no longer the load that was asked for:
 * the kernel ends the process, connections fail, starts wait.
 */
const NEAR_SHARE = 0.9;

/** The same share as for a late loop: a throttled period stops every thread for up to 0.1 s. */
const THROTTLED_SHARE = 0.05;

/** When half of the requests never left this machine, the figures are of something else than the system under test. */
const MOSTLY_OWN_SHARE = 0.5;

const MEMORY_WORDS = {
  process: "the memory limit of its process (ulimit)",
  cgroup: "the memory limit of its control group",
  machine: "all memory of its machine",
} as const;

export function memoryNearLimit({ workers }: RunEvidence): readonly Finding[] {
  return workers.flatMap(({ id, limits: { memory } }) => {
    if (memory === undefined || memory.used < memory.limit * NEAR_SHARE) return [];
    return [{
      severity: "degraded",
      sentence: `${id} used ${percent(memory)} of ${MEMORY_WORDS[memory.of]} (${inMb(memory.limit)} MB)`,
      advice: "give it more memory or fewer users: at the limit the kernel slows the process down or ends it",
    }];
  });
}

export function filesExhausted({ requests, workers, ownFailures }: RunEvidence): readonly Finding[] {
  const failed = ownFailures[TOO_MANY_FILES] ?? 0;
  const advice = 'raise the limit before the start, with "ulimit -n 65536" (in a container: --ulimit nofile=65536), ' +
    "or start fewer users";
  return [
    ...(failed === 0
      ? []
      : [describeOwn(failed, requests, "this process or machine had no file descriptor left", advice)]),
    ...workers.flatMap(({ id, limits: { files } }): readonly Finding[] => {
      if (failed > 0 || files === undefined || files.used < files.limit * NEAR_SHARE) return [];
      return [{
        severity: "degraded",
        sentence: `${id} had ${files.used} files open of the ${files.limit} that it may have, connections included`,
        advice,
      }];
    }),
  ];
}

export function portsExhausted({ requests, workers, ownFailures }: RunEvidence): readonly Finding[] {
  const failed = ownFailures[NO_LOCAL_ADDRESS] ?? 0;
  const advice = "keep connections alive, widen net.ipv4.ip_local_port_range, or add machines with --worker; each " +
    "connection to one target takes a local port, for a minute after its end too";
  return [
    ...(failed === 0
      ? []
      : [describeOwn(failed, requests, "this machine had no local port or address for them", advice)]),
    ...workers.flatMap(({ id, limits: { ports } }): readonly Finding[] => {
      if (failed > 0 || ports === undefined || ports.used < ports.limit * NEAR_SHARE) return [];
      return [{
        severity: "degraded",
        sentence: `${id}'s machine had ${ports.used} of its ${ports.limit} local ports in use towards one target`,
        advice,
      }];
    }),
  ];
}

export function cpuThrottled({ workers }: RunEvidence): readonly Finding[] {
  return workers.filter(({ throttled }) => isSustained(throttled, THROTTLED_SHARE)).map(({ id, throttled }) => ({
    severity: "degraded",
    sentence: `The CPU quota of ${id}'s control group was used up in ${howOften(throttled)} (up to ${
      inMs(throttled.worst)
    } lost in one): its threads were paused for that time`,
    advice: "raise the CPU limit of the container, or start fewer users in it",
  }));
}

function describeOwn(failed: number, requests: number, cause: string, advice: string): Finding {
  const severity: Severity = failed >= requests * MOSTLY_OWN_SHARE ? "invalid" : "degraded";
  return {
    severity,
    sentence: `${
      formatMany(failed, "request")
    } failed on the load generator: ${cause}; they say nothing about the system under test`,
    advice,
  };
}

function percent({ used, limit }: { readonly used: number; readonly limit: number }): string {
  return `${Math.round((used / limit) * 100)} %`;
}

function inMb(bytes: number): string {
  return String(Math.round(bytes / 2 ** 20));
}
