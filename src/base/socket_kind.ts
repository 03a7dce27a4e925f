/** The kinds of sockets that plain TCP connections can go over. */

/** io_uring, epoll, or the socket that the runtime (Bun, Deno) has. */
export type SocketKind = "uring" | "epoll" | "runtime";

/** `auto`: the fastest that works here. */
export type SocketChoice = SocketKind | "auto";
