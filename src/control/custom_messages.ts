/**
 * Custom messages of locustfiles, the same in threads and in the control thread: who listens to which type, and what may be sent.
 */
import { describeThrown, LocustError } from "../base/errors.ts";
import { reportListenerFailure } from "../user/events/listener_failures.ts";
import type { CustomMessage } from "../user/runner_facade.ts";

export type MessageListener = (message: CustomMessage) => unknown;

export class MessageListeners {
  readonly #listeners = new Map<string, readonly MessageListener[]>();

  add(type: string, listener: MessageListener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /**
   * Calls the listeners of the message's type in order. Their errors are reported, not thrown; async ones are watched, not
   * awaited, so that a slow one holds nobody up. Returns false if nobody listens to this type.
   */
  deliver(message: CustomMessage): boolean {
    const listeners = this.#listeners.get(message.type) ?? [];
    for (const listener of listeners) {
      void callListener(message, listener);
    }
    return listeners.length > 0;
  }
}

async function callListener(message: CustomMessage, listener: MessageListener): Promise<void> {
  try {
    await listener(message);
  } catch (thrown) {
    reportListenerFailure(`message "${message.type}"`, thrown);
  }
}

/** Posts a custom message; says which one it was when its data cannot leave the thread (functions, sockets, classes' secrets). */
export function postCustomMessage(type: string, post: () => void): void {
  try {
    post();
  } catch (cause) {
    throw new LocustError(
      `Cannot send message "${type}": ${describeThrown(cause)}; send plain data (numbers, strings, lists, objects)`,
      { code: "message-data", cause },
    );
  }
}
