/**
 * The files of the container image, from the root: the executable, the C library that it links with its loader, certificates, a user
 * without rights, and folders that this user may write to. The libraries are those of this Debian or Ubuntu machine, or of its
 * packages for cross-compiling.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { readFormat } from "./executable_format.ts";

export interface ImagePlatform {
  /** As containers call it. */
  readonly name: "amd64" | "arm64";
  /** The release's executable for it. */
  readonly target: string;
  readonly machine: "x64" | "arm64";
  /** Debian's name, in which its libraries look for others. */
  readonly triplet: string;
}

export const IMAGE_PLATFORMS: readonly ImagePlatform[] = [
  { name: "amd64", target: "linux-x64", machine: "x64", triplet: "x86_64-linux-gnu" },
  { name: "arm64", target: "linux-arm64", machine: "arm64", triplet: "aarch64-linux-gnu" },
];

/** The user of the image, as `USER` in the Dockerfile has it. */
const USER_ID = 65532;
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** Writes the files for one platform below `folder`. */
export function writeImageRoot(folder: string, platform: ImagePlatform, executable: string): void {
  const format = readFormat(readFileSync(executable));
  if (format?.interpreter === undefined || format.machine !== platform.machine) {
    throw new Error(`Cannot make an image for ${platform.name}: ${executable} is for another platform`);
  }
  copy(executable, join(folder, "locust-ts"), 0o755);
  const libraries = libraryFolder(platform);
  const loader = format.interpreter.split("/").pop() ?? "";
  copy(join(libraries, loader), join(folder, format.interpreter), 0o755);
  for (const library of format.libraries ?? []) {
    if (library === loader) continue;
    copy(join(libraries, library), join(folder, "lib", platform.triplet, library), 0o755);
  }
  copy(CERTIFICATES, join(folder, CERTIFICATES), 0o644);
  write(join(folder, "etc/passwd"), `root:x:0:0::/:/\nlocust:x:${USER_ID}:${USER_ID}::/mnt/locust:/\n`);
  write(join(folder, "etc/group"), `root:x:0:\nlocust:x:${USER_ID}:\n`);
  write(join(folder, "etc/nsswitch.conf"), "hosts: files dns\n");
  mkdirSync(join(folder, "tmp"));
  chmodSync(join(folder, "tmp"), 0o1777);
}

function libraryFolder({ machine, triplet }: ImagePlatform): string {
  const folder = process.arch === machine ? `/lib/${triplet}` : `/usr/${triplet}/lib`;
  if (existsSync(join(folder, "libc.so.6"))) return folder;
  const advice = process.arch === machine ? "build on Debian or Ubuntu" : `install libc6-${machine}-cross`;
  throw new Error(`Cannot make an image: there is no C library in ${folder}; ${advice}`);
}

function copy(from: string, to: string, mode: number): void {
  if (!existsSync(from)) throw new Error(`Cannot make an image: ${from} is not there; install its package`);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(realpathSync(from), to);
  chmodSync(to, mode);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o644 });
}
