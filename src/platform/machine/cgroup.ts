/**
 * Finds the control groups of this process, version 1 and 2, from `/proc/self/cgroup` and `/proc/self/mountinfo`. Pure.
 * A limit may be set on any group above the process, so that the folders of all of them are listed, its own first.
 */

/** The part of a file system that a mount shows, and where. */
interface CgroupMount {
  readonly version: 1 | 2;
  /** The controllers of version 1. */
  readonly controllers: readonly string[];
  readonly root: string;
  readonly folder: string;
}

/** Folders of the groups that a controller limits this process by, its own group first. */
export interface CgroupFolders {
  readonly version: 1 | 2;
  readonly folders: readonly string[];
}

/** The groups of one controller (`cpu`, `memory`), in both versions where both are mounted. */
export function findCgroups(controller: string, selfCgroup: string, mountinfo: string): CgroupFolders[] {
  const mounts = mountinfo.split("\n").flatMap((line) => parseMount(line));
  return selfCgroup.split("\n").flatMap((line) => {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match === null) return [];
    const [, names = "", path = "/"] = match;
    const version = names === "" ? 2 : 1;
    if (version === 1 && !names.split(",").includes(controller)) return [];
    const mount = mounts.find((each) =>
      each.version === version && (version === 2 || each.controllers.includes(controller))
    );
    return mount === undefined ? [] : [{ version, folders: listFolders(mount, path) }];
  });
}

/** `36 25 0:30 /docker/ab /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct` */
function parseMount(line: string): CgroupMount[] {
  const [before, after] = line.split(" - ");
  if (before === undefined || after === undefined) return [];
  const [, , , root, folder] = before.split(" ");
  const [type, , options = ""] = after.split(" ");
  if (root === undefined || folder === undefined || (type !== "cgroup" && type !== "cgroup2")) return [];
  return [{ version: type === "cgroup" ? 1 : 2, controllers: options.split(","), root, folder }];
}

/** A container may see its own group as the root of the mount, and its path as the host sees it, or the other way round. */
function listFolders({ root, folder }: CgroupMount, path: string): string[] {
  const below = root !== "/" && (path === root || path.startsWith(`${root}/`)) ? path.slice(root.length) : path;
  const isInside = root === "/" || below !== path;
  const names = isInside ? below.split("/").filter((name) => name !== "" && name !== "..") : [];
  return Array.from(
    { length: names.length + 1 },
    (_, up) => [folder, ...names.slice(0, names.length - up)].join("/").replace(/\/+/g, "/"),
  );
}
