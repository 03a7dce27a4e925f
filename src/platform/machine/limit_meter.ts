/**
 * Measures how near this process is to the limits of its surroundings: memory (of the process, its control groups, the
 * machine), open files, local ports, and the CPU quota of its control groups. Linux tells all of it in files; elsewhere
 * the readings are empty. A reading costs about 0.1 ms, however many sockets there are, so that a worker takes one a
 * second.
 */
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { type CgroupFolders, findCgroups } from "./cgroup.ts";
import { PortCounter, readOpenedCount, readPortRange, readSocketCount } from "./local_ports.ts";

/** How much of something limited is in use. */
export interface LimitUse {
  readonly used: number;
  readonly limit: number;
}

/** Absent: there is no such limit, or the system does not tell. */
export interface ProcessLimits {
  /** In bytes: the limit that is nearest, and whose it is. */
  readonly memory?: LimitUse & { readonly of: "process" | "cgroup" | "machine" };
  /** Open files, connections included. */
  readonly files?: LimitUse;
  /** Local ports in use towards the one address and port with the most connections. */
  readonly ports?: LimitUse;
  /** Scheduler periods of the control groups, those in which a CPU quota was used up, and the time that was lost by that. */
  readonly throttled?: { readonly periods: number; readonly throttledPeriods: number; readonly ms: number };
}

export interface LimitMeter {
  /** How things stand; CPU throttling since the reading before. */
  read(): ProcessLimits;
}

/** What the meter reads; replaced by tests. */
export interface LimitSource {
  /** The text of a file; undefined if it cannot be read. */
  text(path: string): string | undefined;
  /** What the system says is the size of a folder or file: for `/proc/self/fd` the number of open files. */
  sizeOf(path: string): number | undefined;
  /** The number that the next file would get: all smaller ones are in use. */
  nextFile(): number | undefined;
}

const systemSource: LimitSource = {
  text: (path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined; // another system, another version of control groups, or not for us to see
    }
  },
  sizeOf: (path) => {
    try {
      return statSync(path).size;
    } catch {
      return undefined;
    }
  },
  nextFile: () => {
    try {
      const next = openSync("/proc/self/limits", "r");
      closeSync(next);
      return next;
    } catch {
      return undefined; // another system, or none is left
    }
  },
};

export function createLimitMeter(source: LimitSource = systemSource): LimitMeter {
  const self = source.text("/proc/self/cgroup") ?? "";
  const mounts = source.text("/proc/self/mountinfo") ?? "";
  const memoryGroups = findCgroups("memory", self, mounts);
  const cpuFolders = findCgroups("cpu", self, mounts).flatMap(({ folders }) => folders)
    .filter((folder) => readThrottling(source, folder) !== undefined);
  const portRange = readPortRange(source.text("/proc/sys/net/ipv4/ip_local_port_range"));
  const portCounter = portRange === undefined ? undefined : new PortCounter(portRange);
  const limits = source.text("/proc/self/limits"); // read once: it cannot be opened any more when its limit is reached
  let before = sumThrottling(source, cpuFolders) ?? NOT_THROTTLED;
  return {
    read() {
      const now = sumThrottling(source, cpuFolders) ?? before;
      const since = {
        periods: Math.max(0, now.periods - before.periods),
        throttledPeriods: Math.max(0, now.throttledPeriods - before.throttledPeriods),
        ms: Math.max(0, now.ms - before.ms),
      };
      before = now;
      const memory = readMemory(source, memoryGroups, limits);
      const files = readFiles(source, limits);
      const ports = portCounter === undefined ? undefined : readPorts(source, portCounter);
      return {
        ...(memory === undefined ? {} : { memory }),
        ...(files === undefined ? {} : { files }),
        ...(ports === undefined ? {} : { ports }),
        ...(since.periods === 0 ? {} : { throttled: since }),
      };
    },
  };
}

type Throttling = NonNullable<ProcessLimits["throttled"]>;

const NOT_THROTTLED: Throttling = { periods: 0, throttledPeriods: 0, ms: 0 };

/** Groups without a quota count no periods. Undefined if one cannot be read now. */
function sumThrottling(source: LimitSource, folders: readonly string[]): Throttling | undefined {
  const sum = { periods: 0, throttledPeriods: 0, ms: 0 };
  for (const folder of folders) {
    const read = readThrottling(source, folder);
    if (read === undefined) return undefined;
    sum.periods += read.periods;
    sum.throttledPeriods += read.throttledPeriods;
    sum.ms += read.ms;
  }
  return sum;
}

/** `cpu.stat`: version 1 counts nanoseconds, version 2 microseconds, of all CPUs together. */
function readThrottling(source: LimitSource, folder: string): Throttling | undefined {
  const text = source.text(`${folder}/cpu.stat`);
  const periods = fieldOf(text, "nr_periods");
  const throttledPeriods = fieldOf(text, "nr_throttled");
  if (periods === undefined || throttledPeriods === undefined) return undefined;
  const us = fieldOf(text, "throttled_usec") ?? (fieldOf(text, "throttled_time") ?? 0) / 1000;
  return { periods, throttledPeriods, ms: us / 1000 };
}

function readMemory(
  source: LimitSource,
  groups: readonly CgroupFolders[],
  limits: string | undefined,
): ProcessLimits["memory"] {
  const uses: NonNullable<ProcessLimits["memory"]>[] = [];
  const add = (use: LimitUse | undefined, of: "process" | "cgroup" | "machine") => {
    if (use !== undefined) uses.push({ ...use, of });
  };
  for (const { version, folders } of groups) {
    for (const folder of folders) add(readGroup(source, version, folder), "cgroup");
  }
  add(readMachine(source.text("/proc/meminfo")), "machine");
  for (const use of readProcess(source, limits)) add(use, "process");
  return uses.reduce<ProcessLimits["memory"]>(
    (nearest, use) => nearest === undefined || use.used / use.limit > nearest.used / nearest.limit ? use : nearest,
    undefined,
  );
}

/** Files that the kernel keeps in memory and can drop at any time do not count as used. */
function readGroup(source: LimitSource, version: 1 | 2, folder: string): LimitUse | undefined {
  const [limitFiles, usedFile, cacheField] = version === 1
    ? [["memory.limit_in_bytes"], "memory.usage_in_bytes", "total_inactive_file"]
    : [["memory.max", "memory.high"], "memory.current", "inactive_file"];
  const limits = (limitFiles as readonly string[]).map((file) => Number(source.text(`${folder}/${file}`) ?? "max"))
    .filter((limit) => limit > 0 && limit < NO_LIMIT_BYTES);
  const used = Number(source.text(`${folder}/${usedFile}`) ?? NaN);
  if (limits.length === 0 || Number.isNaN(used)) return undefined;
  const cached = fieldOf(source.text(`${folder}/memory.stat`), cacheField as string) ?? 0;
  return { used: Math.max(0, used - cached), limit: Math.min(...limits) };
}

/** Version 1 says "none" by a number near 2^63. */
const NO_LIMIT_BYTES = 2 ** 60;

function readMachine(meminfo: string | undefined): LimitUse | undefined {
  const total = fieldOf(meminfo, "MemTotal:");
  const available = fieldOf(meminfo, "MemAvailable:");
  if (total === undefined || available === undefined) return undefined;
  return { used: (total - available) * 1024, limit: total * 1024 };
}

/** `ulimit -v` and `ulimit -d`. */
function readProcess(source: LimitSource, limits: string | undefined): LimitUse[] {
  const named = [["Max address space", "VmSize:"], ["Max data size", "VmData:"]] as const;
  return named.flatMap(([name, field]) => {
    const limit = limitNamed(limits, name);
    if (limit === undefined || limit === Infinity) return [];
    const used = fieldOf(source.text("/proc/self/status"), field);
    return used === undefined ? [] : [{ used: used * 1024, limit }];
  });
}

function readFiles(source: LimitSource, limits: string | undefined): LimitUse | undefined {
  const limit = limitNamed(limits, "Max open files");
  if (limit === undefined || limit === Infinity) return undefined;
  const used = source.sizeOf("/proc/self/fd") || source.nextFile(); // the size is 0 before Linux 6.2
  return used === undefined ? undefined : { used, limit };
}

function readPorts(source: LimitSource, counter: PortCounter): LimitUse | undefined {
  const sockets = readSocketCount(source.text("/proc/net/sockstat"), source.text("/proc/net/sockstat6"));
  if (sockets === undefined) return undefined;
  const counts = { sockets, opened: readOpenedCount(source.text("/proc/net/snmp")) };
  const readLists = () => ["/proc/net/tcp", "/proc/net/tcp6"].map((path) => source.text(path) ?? "");
  return { used: counter.count(counts, readLists), limit: counter.limit };
}

/** The soft limit of `/proc/self/limits`; Infinity for "unlimited". */
function limitNamed(limits: string | undefined, name: string): number | undefined {
  const line = limits?.split("\n").find((each) => each.startsWith(name));
  const word = line?.slice(name.length).trim().split(/\s+/)[0];
  if (word === undefined) return undefined;
  return word === "unlimited" ? Infinity : Number(word);
}

/** The number behind a word at the beginning of a line. */
function fieldOf(text: string | undefined, field: string): number | undefined {
  const line = text?.split("\n").find((each) => each.startsWith(field) && /^\s/.test(each.slice(field.length)));
  return line === undefined ? undefined : Number.parseInt(line.slice(field.length), 10);
}
