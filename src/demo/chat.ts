/**
 * The chat of the demo system: a WebSocket on which each message comes back after a latency, in the order in which the
 * messages came. Knows nothing of the shop, and counts nothing: `drawLatencyMs` is asked once for each message.
 */
import type { Clock } from "../base/clock.ts";
import type { ServedSocket, SocketHandler, SocketMessage } from "../platform/http_serve.ts";

/** Messages of one client that may wait for their answers. A client that sends more without reading is closed. */
export const MAX_WAITING_MESSAGES = 1000;

/** WebSocket's code for "a rule of this server was broken". */
const POLICY_VIOLATION = 1008;

export interface ChatOptions {
  readonly clock: Clock;
  readonly drawLatencyMs: () => number;
}

/** The handler of one WebSocket. */
export function createChat({ clock, drawLatencyMs }: ChatOptions): SocketHandler {
  const waiting: { readonly message: SocketMessage; readonly latencyMs: number }[] = [];
  const answerAll = async (socket: ServedSocket) => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (next.latencyMs > 0) await clock.sleep(next.latencyMs);
      socket.send(next.message);
      waiting.shift();
    }
  };
  return (message, socket) => {
    if (waiting.length >= MAX_WAITING_MESSAGES) return socket.close(POLICY_VIOLATION, "too many messages wait");
    waiting.push({ message, latencyMs: drawLatencyMs() });
    if (waiting.length === 1) void answerAll(socket);
  };
}
