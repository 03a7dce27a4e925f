/**
 * Custom messages of locustfiles, the same in threads and in the control thread: the listeners of each type, and the
 * check of what is sent. Data is encoded when it is sent and decoded when it is delivered; no hop between reads it.
 */
import { describeKind } from "../base/given_text.ts";
import { describeProblem, LocustError } from "../base/errors.ts";
import { reportListenerFailure } from "../user/events/listener_failures.ts";
import { decodeCustomData, encodeCustomData } from "../protocol/wire/custom_data.ts";
import type { Environment } from "../user/environment.ts";
import type { CustomMessage } from "../user/runner_facade.ts";

/** A message as it arrives. */
export type ArrivedMessage = Pick<CustomMessage, "type" | "data" | "workerId">;

/** Longer texts are cut on their way over a network. */
const MAX_TYPE_LENGTH = 2048;

export type MessageListener = (message: CustomMessage) => unknown;

export class MessageListeners {
  readonly #listeners = new Map<string, readonly MessageListener[]>();

  add(type: string, listener: MessageListener): void {
    checkMessageType(type, "register");
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /**
   * Calls the listeners of the message's type in order. Their errors are reported, not thrown; async ones are watched,
   * not awaited, so that a slow one delays no other. Returns false if this type has no listener.
   */
  deliver(arrived: ArrivedMessage, environment: Environment | undefined): boolean {
    const listeners = this.#listeners.get(arrived.type) ?? [];
    if (listeners.length === 0) return false;
    const message = completeMessage({ ...arrived, data: decodeCustomData(arrived.data) }, environment);
    for (const listener of listeners) {
      void callListener(message, listener);
    }
    return true;
  }
}

/**
 * The message as listeners get it. What it is known by elsewhere is not listed: printed, a message is its type, data
 * and sender.
 */
function completeMessage(
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
    reportListenerFailure(`message ${message.type}`, thrown);
  }
}

/**
 * The data of a custom message as it travels. What cannot arrive is refused here, in a local run as over a network.
 *
 * @throws {LocustError} that names the message and what is wrong with its type or data
 */
export function encodeMessage(type: unknown, data: unknown): { readonly type: string; readonly data: unknown } {
  const checked = checkMessageType(type, "send");
  try {
    return { type: checked, data: encodeCustomData(data) };
  } catch (cause) {
    throw new LocustError(
      `Cannot send message "${checked}": ${
        describeReason(cause)
      }; send plain data (numbers, text, lists, objects, dates, maps, sets, bytes)`,
      { code: "message_data", cause },
    );
  }
}

/** @throws {LocustError} when the type of a message is no text */
function checkMessageType(type: unknown, verb: "send" | "register"): string {
  if (typeof type === "string" && type.length <= MAX_TYPE_LENGTH) return type;
  const what = typeof type === "string" ? `${type.length} characters long` : describeKind(type);
  throw new LocustError(
    `Cannot ${verb} a message whose type is ${what}; use a text of at most ${MAX_TYPE_LENGTH} characters`,
    { code: "message_data" },
  );
}

function describeReason(cause: unknown): string {
  return describeProblem(cause); // a getter or `toJSON` of user code
}
