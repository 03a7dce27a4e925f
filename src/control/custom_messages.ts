/**
 * Custom messages of locustfiles, the same in threads and in the control thread: who listens to which type, and what may be sent.
 */
import { describeThrown, LocustError } from "../base/errors.ts";
import { reportListenerFailure } from "../user/events/listener_failures.ts";
import type { Environment } from "../user/environment.ts";
import type { CustomMessage } from "../user/runner_facade.ts";

/** A message as it arrives. */
export type ArrivedMessage = Pick<CustomMessage, "type" | "data" | "workerId">;

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
  deliver(arrived: ArrivedMessage, environment: Environment | undefined): boolean {
    const listeners = this.#listeners.get(arrived.type) ?? [];
    const message = completeMessage(arrived, environment);
    for (const listener of listeners) {
      void callListener(message, listener);
    }
    return listeners.length > 0;
  }
}

/** The message as listeners get it. What it is known by elsewhere is not listed: printed, a message is its type, data and sender. */
export function completeMessage(
  { type, data, workerId }: ArrivedMessage,
  environment: Environment | undefined,
): CustomMessage {
  const byOtherNames = { environment, msg: { type, data, nodeId: workerId } };
  const message = { type, data, workerId, ...byOtherNames };
  for (const name of Object.keys(byOtherNames)) Object.defineProperty(message, name, { enumerable: false });
  return message;
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
      { code: "message_data", cause },
    );
  }
}
