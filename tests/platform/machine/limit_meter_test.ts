import assert from "node:assert/strict";
import { test } from "node:test";
import { findCgroups } from "../../../src/platform/machine/cgroup.ts";
import { createLimitMeter } from "../../../src/platform/machine/limit_meter.ts";
import {
  busiestTarget,
  PortCounter,
  readOpenedCount,
  readPortRange,
} from "../../../src/platform/machine/local_ports.ts";

const V1_MOUNTS = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
`;
const V2_MOUNT = "40 31 0:38 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
const V2_SELF = "0::/user.slice/run.scope\n";

test("findCgroups() lists the groups of version 1 by controller, the own one first", () => {
  const self = "4:memory:/a/b\n3:cpu,cpuacct:/\n1:name=systemd:/init\n";
  assert.deepEqual(findCgroups("memory", self, V1_MOUNTS), [{
    version: 1,
    folders: ["/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/memory/a", "/sys/fs/cgroup/memory"],
  }]);
  assert.deepEqual(findCgroups("cpu", self, V1_MOUNTS), [{ version: 1, folders: ["/sys/fs/cgroup/cpu"] }]);
});

test("findCgroups() lists the groups of version 2, also where version 1 is mounted beside it", () => {
  const unified = {
    version: 2,
    folders: ["/sys/fs/cgroup/user.slice/run.scope", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"],
  };
  assert.deepEqual(findCgroups("cpu", V2_SELF, V2_MOUNT), [unified]);
  assert.deepEqual(findCgroups("cpu", `2:cpu:/\n${V2_SELF}`, V1_MOUNTS + V2_MOUNT).map(({ version }) => version), [
    1,
    2,
  ]);
});

test("findCgroups() finds the own group of a container whose mount begins there", () => {
  const mounts = "36 25 0:30 /docker/ab12 /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory\n";
  assert.deepEqual(findCgroups("memory", "4:memory:/docker/ab12\n", mounts)[0]?.folders, ["/sys/fs/cgroup/memory"]);
  assert.deepEqual(
    findCgroups("memory", "4:memory:/docker/ab12/x\n", mounts)[0]?.folders,
    ["/sys/fs/cgroup/memory/x", "/sys/fs/cgroup/memory"],
  );
  // The path as another namespace sees it: only the mount itself is sure to be there.
  assert.deepEqual(findCgroups("memory", "4:memory:/elsewhere\n", mounts)[0]?.folders, ["/sys/fs/cgroup/memory"]);
});

/** A meter over files that a test writes. */
function openMeter(files: Record<string, string>, openFiles?: number, nextFile?: number) {
  const read: string[] = [];
  const meter = createLimitMeter({
    text: (path) => {
      read.push(path);
      return files[path];
    },
    sizeOf: (path) => path === "/proc/self/fd" ? openFiles : undefined,
    nextFile: () => nextFile,
  });
  return { meter, files, read };
}

test("createLimitMeter() reads throttling as what came since the last reading, in both versions", () => {
  const { meter, files } = openMeter({
    "/proc/self/cgroup": V2_SELF,
    "/proc/self/mountinfo": V2_MOUNT,
    "/sys/fs/cgroup/user.slice/run.scope/cpu.stat":
      "usage_usec 5\nnr_periods 100\nnr_throttled 7\nthrottled_usec 200000\n",
  });
  assert.equal(meter.read().throttled, undefined);
  files["/sys/fs/cgroup/user.slice/run.scope/cpu.stat"] =
    "usage_usec 9\nnr_periods 110\nnr_throttled 10\nthrottled_usec 350000\n";
  assert.deepEqual(meter.read().throttled, { periods: 10, throttledPeriods: 3, ms: 150 });
  assert.equal(meter.read().throttled, undefined);

  const old = openMeter({
    "/proc/self/cgroup": "3:cpu:/x\n",
    "/proc/self/mountinfo": V1_MOUNTS,
    "/sys/fs/cgroup/cpu/x/cpu.stat": "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n",
  });
  old.files["/sys/fs/cgroup/cpu/x/cpu.stat"] = "nr_periods 4\nnr_throttled 2\nthrottled_time 90000000\n";
  assert.deepEqual(old.meter.read().throttled, { periods: 4, throttledPeriods: 2, ms: 90 });
});

test("createLimitMeter() gives the memory limit that is nearest, without files that the kernel can drop", () => {
  const files = {
    "/proc/self/cgroup": V2_SELF,
    "/proc/self/mountinfo": V2_MOUNT,
    "/proc/meminfo": "MemTotal:       1000 kB\nMemFree: 10 kB\nMemAvailable:    600 kB\n",
    "/sys/fs/cgroup/user.slice/run.scope/memory.max": "max\n",
    "/sys/fs/cgroup/user.slice/run.scope/memory.current": "5000\n",
    "/sys/fs/cgroup/user.slice/memory.max": "10000\n",
    "/sys/fs/cgroup/user.slice/memory.current": "9500\n",
    "/sys/fs/cgroup/user.slice/memory.stat": "anon 1\ninactive_file 500\n",
  };
  assert.deepEqual(openMeter(files).meter.read().memory, { used: 9000, limit: 10_000, of: "cgroup" });
  const rich = { ...files, "/sys/fs/cgroup/user.slice/memory.current": "900\n" };
  assert.deepEqual(openMeter(rich).meter.read().memory, { used: 400 * 1024, limit: 1000 * 1024, of: "machine" });
  const v1 = openMeter({
    "/proc/self/cgroup": "4:memory:/m\n",
    "/proc/self/mountinfo": V1_MOUNTS,
    "/sys/fs/cgroup/memory/m/memory.limit_in_bytes": "1000\n",
    "/sys/fs/cgroup/memory/m/memory.usage_in_bytes": "950\n",
    "/sys/fs/cgroup/memory/m/memory.stat": "total_inactive_file 100\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "9000\n",
  });
  assert.deepEqual(v1.meter.read().memory, { used: 850, limit: 1000, of: "cgroup" });
});

test("createLimitMeter() reads ulimits of memory and open files", () => {
  const limits = [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max data size             2048000              unlimited            bytes     ",
    "Max open files            1024                 4096                 files     ",
    "Max address space         unlimited            unlimited            bytes     ",
  ].join("\n");
  const { meter } = openMeter({
    "/proc/self/limits": limits,
    "/proc/self/status": "VmSize:\t  9999 kB\nVmData:\t    1500 kB\n",
  }, 37);
  assert.deepEqual(meter.read(), {
    memory: { used: 1500 * 1024, limit: 2_048_000, of: "process" },
    files: { used: 37, limit: 1024 },
  });
});

test("createLimitMeter() takes the next free number where the system does not count open files", () => {
  const limits = "Max open files            1024                 4096                 files     \n";
  assert.deepEqual(openMeter({ "/proc/self/limits": limits }, 0, 950).meter.read(), {
    files: { used: 950, limit: 1024 },
  });
  assert.deepEqual(openMeter({ "/proc/self/limits": limits }, 0).meter.read(), {});
});

test("createLimitMeter() reads nothing where the system tells nothing", () => {
  assert.deepEqual(openMeter({}).meter.read(), {});
});

const TCP = `  sl  local_address rem_address   st tx_queue
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000
   1: 0100007F:8001 0100007F:1F40 01 00000000:00000000
   2: 0100007F:8002 0100007F:1F40 06 00000000:00000000
   3: 0100007F:8002 0200007F:1F40 01 00000000:00000000
   4: 0100007F:1F40 0100007F:8001 01 00000000:00000000
`;

test("busiestTarget() counts the ports of the range towards the target that has most", () => {
  assert.deepEqual(readPortRange("32768\t60999\n"), { from: 32_768, to: 60_999 });
  assert.equal(busiestTarget([TCP, ""], { from: 32_768, to: 60_999 }), 2);
  assert.equal(busiestTarget([TCP], { from: 40_000, to: 60_999 }), 0);
});

test("createLimitMeter() lists connections only when many ports may be in use", () => {
  const files: Record<string, string> = {
    "/proc/sys/net/ipv4/ip_local_port_range": "32768\t32777\n",
    "/proc/net/sockstat": "sockets: used 71\nTCP: inuse 3 orphan 0 tw 1 alloc 36 mem 240\n",
    "/proc/net/tcp": TCP,
  };
  const { meter } = openMeter(files);
  assert.deepEqual(meter.read().ports, { used: 0, limit: 10 });
  files["/proc/net/sockstat"] = "TCP: inuse 4 orphan 0 tw 4 alloc 36 mem 240\n";
  assert.deepEqual(meter.read().ports, { used: 2, limit: 10 });
  files["/proc/net/sockstat"] = "TCP: inuse 1 orphan 0 tw 1 alloc 36 mem 240\n";
  files["/proc/net/sockstat6"] = "TCP6: inuse 7\nUDP6: inuse 1\n";
  assert.deepEqual(meter.read().ports, { used: 2, limit: 10 }, "connections over IPv6");
});

test("readOpenedCount() finds the connections that either side opened, whatever else the system counts", () => {
  const names = "Tcp: RtoAlgorithm ActiveOpens PassiveOpens AttemptFails";
  assert.equal(readOpenedCount(`Ip: Forwarding\nIp: 1\n${names}\nTcp: 1 4564483 1957180 9\nUdp: 1\n`), 6_521_663);
  assert.equal(readOpenedCount("Tcp: RtoAlgorithm\nTcp: 1\n"), undefined);
  assert.equal(readOpenedCount(""), undefined);
  assert.equal(readOpenedCount(undefined), undefined);
});

/** A list of so many connections to one target, beginning at the range's first port. */
function listOf(connections: number, from: number): string {
  const line = (_: unknown, i: number) =>
    `  ${i}: 0100007F:${(from + i).toString(16).toUpperCase().padStart(4, "0")} 0100007F:1F40 01 00000000:00000000`;
  return Array.from({ length: connections }, line).join("\n");
}

test("PortCounter lists connections only when the kernel's counters leave open how many ports are in use", () => {
  const range = { from: 30_000, to: 39_999 };
  const counter = new PortCounter(range);
  let lists = 0;
  let inUse = 0;
  const count = (sockets: number, opened: number) =>
    counter.count({ sockets, opened }, () => {
      lists++;
      return [listOf(inUse, range.from)];
    });
  assert.equal(count(7000, 7000), 0);
  assert.equal(lists, 0, "there are too few sockets for a doubt");
  // Both ends of 9,000 connections are on this machine, and half of them go elsewhere.
  inUse = 4500;
  assert.equal(count(18_000, 18_000), 4500);
  for (let reading = 0; reading < 100; reading++) count(18_000, 18_000);
  assert.equal(lists, 1, "nothing was opened since");
  assert.equal(count(20_000, 20_000), 0);
  assert.equal(lists, 1, "2,000 more cannot be 8,000 of one target");
  inUse = 8200;
  assert.equal(count(24_000, 24_000), 8200);
  assert.equal(lists, 2);
  // In use near the limit, and they stay: no list.
  for (let reading = 0; reading < 100; reading++) assert.equal(count(24_000, 24_050), 8200);
  assert.equal(lists, 2);
});

test("PortCounter notices connections that are opened, and that are gone", () => {
  const range = { from: 30_000, to: 39_999 };
  const counter = new PortCounter(range);
  let lists = 0;
  const count = (sockets: number, opened: number, inUse: number) =>
    counter.count({ sockets, opened }, () => {
      lists++;
      return [listOf(inUse, range.from)];
    });
  assert.equal(count(9000, 50_000, 9000), 9000);
  // The list of 9,000 was dear: the next readings do without one, whatever has been opened.
  const readings = Array.from({ length: 8 }, () => count(9500, 51_000, 9500));
  assert.ok(readings.includes(9000) && readings.at(-1) === 9500, readings.join());
  assert.equal(lists, 2);
  // Closed ones do not show in what was opened, but in how many there are.
  const fewer = Array.from({ length: 8 }, () => count(8500, 51_000, 8500));
  assert.equal(fewer.at(-1), 8500);
  assert.equal(count(100, 51_000, 100), 0);
});

test("PortCounter lists connections at each reading that may take one where the system does not count what was opened", () => {
  const range = { from: 30_000, to: 39_999 };
  const counter = new PortCounter(range);
  let lists = 0;
  const counts = { sockets: 9000, opened: undefined };
  for (let reading = 0; reading < 50; reading++) {
    counter.count(counts, () => {
      lists++;
      return [listOf(9000, range.from)];
    });
  }
  assert.ok(lists > 1 && lists <= 25, `${lists}`);
});

test("createLimitMeter() does not list the connections of users that stay connected", () => {
  const { meter, files, read } = openMeter({
    "/proc/sys/net/ipv4/ip_local_port_range": "30000\t39999\n",
    "/proc/net/sockstat": "TCP: inuse 9900 orphan 0 tw 0 alloc 36 mem 240\n",
    "/proc/net/snmp": "Tcp: ActiveOpens PassiveOpens\nTcp: 9900 0\n",
    "/proc/net/tcp": listOf(9900, 30_000),
  });
  for (let reading = 0; reading < 60; reading++) assert.deepEqual(meter.read().ports, { used: 9900, limit: 10_000 });
  assert.equal(read.filter((path) => path === "/proc/net/tcp").length, 1);
  files["/proc/net/sockstat"] = "TCP: inuse 10 orphan 0 tw 0 alloc 36 mem 240\n";
  assert.deepEqual(meter.read().ports, { used: 0, limit: 10_000 });
});
