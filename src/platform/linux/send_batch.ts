/**
 * Small sends of one turn, made one after the other when the code of the turn has run. The kernel's code and ours then take turns once per batch and not once
 * per send, and find less of the processor's caches taken by the other. The bytes are copied, so that their owner may change them.
 */
import { type Kernel, mapMemory } from "./mapping.ts";

/** A larger batch would delay its first requests, which are being timed. */
const MAX_BATCH = 32;
/** A larger send is a call of its own. */
const MAX_SEND = 4096;

export interface BatchSender {
  /** Right before the kernel got the last send: what that waited for code of this thread is not the target's time. */
  handedOverMs: number;
  /** Sends `memory[from, to)`, which is at the address and written over after the call. */
  sendQueued(address: number, memory: Uint8Array, from: number, to: number): void;
}

export class SendBatch {
  readonly #memory: Uint8Array;
  readonly #address: number;
  /** Beyond the batch: those of earlier ones. */
  readonly #senders: BatchSender[] = [];
  readonly #ends = new Uint32Array(MAX_BATCH);
  #size = 0;
  #used = 0;

  constructor(kernel: Kernel) {
    const { address, buffer } = mapMemory(kernel, MAX_BATCH * MAX_SEND);
    this.#address = address;
    this.#memory = new Uint8Array(buffer);
  }

  get hasSome(): boolean {
    return this.#size > 0;
  }

  /** False if it is too large. */
  add(sender: BatchSender, bytes: Uint8Array): boolean {
    if (bytes.length > MAX_SEND) return false;
    this.#memory.set(bytes, this.#used);
    this.#used += bytes.length;
    this.#senders[this.#size] = sender;
    this.#ends[this.#size] = this.#used;
    if (++this.#size === MAX_BATCH) this.flush();
    return true;
  }

  /** Calls no code of receivers. */
  flush(): void {
    const size = this.#size;
    if (size === 0) return;
    this.#size = 0;
    this.#used = 0;
    for (let index = 0, from = 0; index < size; index++) {
      const sender = this.#senders[index]!;
      const to = this.#ends[index]!;
      sender.handedOverMs = performance.now();
      sender.sendQueued(this.#address + from, this.#memory, from, to);
      from = to;
    }
  }
}
