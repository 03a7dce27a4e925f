/** The kernel's error numbers that sockets meet, with their names. The numbers are those of x86-64 and arm64. */
import type { SocketError } from "../sockets/socket.ts";
import { toSocketError } from "../sockets/socket_error.ts";

export const EINTR = 4;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EBUSY = 16;
export const EMFILE = 24;
export const ENOBUFS = 105;
export const EINPROGRESS = 115;
export const ECANCELED = 125;

const NAMES: Readonly<Record<number, string>> = {
  1: "EPERM",
  [ENOMEM]: "ENOMEM",
  13: "EACCES",
  22: "EINVAL",
  23: "ENFILE",
  [EMFILE]: "EMFILE",
  32: "EPIPE",
  97: "EAFNOSUPPORT",
  98: "EADDRINUSE",
  99: "EADDRNOTAVAIL",
  100: "ENETDOWN",
  101: "ENETUNREACH",
  103: "ECONNABORTED",
  104: "ECONNRESET",
  [ENOBUFS]: "ENOBUFS",
  110: "ETIMEDOUT",
  111: "ECONNREFUSED",
  112: "EHOSTDOWN",
  113: "EHOSTUNREACH",
};

export function toKernelError(number: number): SocketError {
  return toSocketError({ code: NAMES[number] ?? `errno ${number}` });
}
