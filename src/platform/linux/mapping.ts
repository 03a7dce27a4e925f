/** Memory outside of the JavaScript heap: it never moves, and is there until the thread's end. The only memory that the kernel writes to later. */
import type { Libc } from "./libc.ts";
import type { ThreadResources } from "./thread_resources.ts";

const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MAP_SHARED_POPULATE = 0x8001;

export interface Mapping {
  readonly address: number;
  readonly buffer: ArrayBuffer;
}

/** What the kernel is asked with, and where it is noted what it gave. */
export interface Kernel {
  readonly libc: Libc;
  readonly resources: ThreadResources;
}

/** Throws a `SystemError` if the kernel has no memory, or allows no more of it. */
export function mapMemory(kernel: Kernel, length: number): Mapping {
  return map(kernel, length, MAP_PRIVATE_ANONYMOUS, -1, 0);
}

/** Memory that a descriptor offers, shared with the kernel. */
export function mapDescriptor(kernel: Kernel, fd: number, length: number, offset: number): Mapping {
  return map(kernel, length, MAP_SHARED_POPULATE, fd, offset);
}

function map({ libc, resources }: Kernel, length: number, flags: number, fd: number, offset: number): Mapping {
  const address = Number(libc.mmap(null, length, PROT_READ_WRITE, flags, fd, offset));
  // MAP_FAILED is -1, which is the largest address where it is read as one.
  if (!(address > 0) || address >= 2 ** 63) throw new SystemError("mmap", libc.errno());
  resources.addMapping(address, length);
  return { address, buffer: libc.view(address, length) };
}

export function unmap({ libc, resources }: Kernel, mapping: Mapping, length: number): void {
  resources.removeMapping(mapping.address);
  libc.munmap(mapping.address, length);
}

/** Notes a descriptor that the kernel gave, or throws why it did not. */
export function ownFd({ libc, resources }: Kernel, fd: number, call: string): number {
  if (fd < 0) throw new SystemError(call, libc.errno());
  resources.addFd(fd);
  return fd;
}

export function closeFd({ libc, resources }: Kernel, fd: number): void {
  resources.removeFd(fd);
  libc.close(fd);
}

/** A system call that failed, while sockets of our own were set up. They are not used then. */
export class SystemError extends Error {
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call} failed with errno ${errno}`);
    this.name = "SystemError";
    this.errno = errno;
  }
}
