/**
 * Small sends of one turn, made one after the other when the code of the turn has run. The kernel's code and ours then take turns once per batch and not once
 * per send, and find less of the processor's caches taken by the other. Where asynchronous I/O can, several of them are one system call. The bytes are
 * copied, so that their owner may change them.
 */
import { JointSends } from "./joint_sends.ts";
import { type Kernel, mapMemory } from "./mapping.ts";
import { JOINT_SENDS } from "./send_stamps.ts";

/** A larger batch would delay its first requests, which are being timed. */
const MAX_BATCH = 32;
/** A larger send is a call of its own. */
const MAX_SEND = 4096;

export interface BatchSender {
  /** A batch has at most one send of each descriptor. */
  readonly fd: number;
  /** When the kernel got the last send: what that waited for code of this thread is not the target's time. */
  handedOverMs: number;
  /** Sends `memory[from, to)`, which is at the address and written over after the call. */
  sendQueued(address: number, memory: Uint8Array, from: number, to: number): void;
  /** The same was sent for it: as many bytes as `result` says, or the negative number of the error. */
  sentQueued(result: number, memory: Uint8Array, from: number, to: number): void;
}

export class SendBatch {
  readonly #memory: Uint8Array;
  readonly #address: number;
  /** Beyond the batch: those of earlier ones. */
  readonly #senders: BatchSender[] = [];
  /** Where the bytes of each begin; behind the last, where they end. */
  readonly #places = new Uint32Array(MAX_BATCH + 1);
  readonly #joint: JointSends | undefined;
  #size = 0;

  /** `joint`: whether sends may share a system call. */
  constructor(kernel: Kernel, joint: "where possible" | "never" = "where possible") {
    const { address, buffer } = mapMemory(kernel, MAX_BATCH * MAX_SEND);
    this.#address = address;
    this.#memory = new Uint8Array(buffer);
    this.#joint = joint === "never" ? undefined : openJointSends(kernel);
  }

  get hasSome(): boolean {
    return this.#size > 0;
  }

  /** False if it is too large. */
  add(sender: BatchSender, bytes: Uint8Array): boolean {
    if (bytes.length > MAX_SEND) return false;
    const from = this.#places[this.#size]!;
    this.#memory.set(bytes, from);
    this.#senders[this.#size] = sender;
    this.#places[++this.#size] = from + bytes.length;
    if (this.#size === MAX_BATCH) this.flush();
    return true;
  }

  /** Calls no code of receivers. */
  flush(): void {
    const size = this.#size;
    this.#size = 0;
    for (let index = 0; index < size;) {
      const sent = this.#sendJointly(index, Math.min(index + JOINT_SENDS, size));
      if (sent === 0) this.#sendAlone(index);
      index += Math.max(sent, 1);
    }
  }

  #sendAlone(index: number): void {
    const sender = this.#senders[index]!;
    const from = this.#places[index]!;
    sender.handedOverMs = performance.now();
    sender.sendQueued(this.#address + from, this.#memory, from, this.#places[index + 1]!);
  }

  /** By one system call, if that can be; how many of them were sent. */
  #sendJointly(first: number, end: number): number {
    const joint = this.#joint;
    if (end - first < 2 || joint === undefined || !joint.isUsable) return 0;
    const places = this.#places;
    for (let index = first; index < end; index++) {
      const from = places[index]!;
      joint.set(index - first, this.#senders[index]!.fd, this.#address + from, places[index + 1]! - from);
    }
    const nowMs = performance.now();
    const sent = joint.handOver(end - first);
    for (let index = first; index < first + sent; index++) {
      const sender = this.#senders[index]!;
      sender.handedOverMs = nowMs;
      sender.sentQueued(joint.resultOf(index - first), this.#memory, places[index]!, places[index + 1]!);
    }
    return sent;
  }
}

function openJointSends(kernel: Kernel): JointSends | undefined {
  try {
    return new JointSends(kernel, JOINT_SENDS);
  } catch {
    return undefined; // the machine has no more contexts, or allows none: sends are calls of their own
  }
}
