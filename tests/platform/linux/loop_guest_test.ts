import assert from "node:assert/strict";
import { writeSync } from "node:fs";
import { test } from "node:test";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { LoopGuest, type Patience, type Poller } from "../../../src/platform/linux/loop_guest.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";
import { letRealTimePass } from "../../support/real_time.ts";

const libc = openLibc();
const skip = libc === undefined ? "no libc by Bun's foreign function interface" : false;

/** A turn ends in the first round that lasts so long. */
const LONG_MS = 0.2;

/** Has `rounds` rounds with an event in each, one after the other, and writes down what is asked of it. */
class ScriptedPoller implements Poller {
  readonly calls: string[] = [];
  isArmed = true;
  hasQueued = false;
  #left: number;
  readonly #roundMs: number;

  constructor(rounds: number, roundMs: number) {
    this.#left = rounds;
    this.#roundMs = roundMs;
  }

  round(patience: Patience): number {
    this.calls.push(patience === "none" ? "round" : "patient round");
    for (const until = performance.now() + this.#roundMs; performance.now() < until;);
    if (this.#left === 0) return 0;
    this.hasQueued = --this.#left > 0;
    return 1;
  }

  arm(): boolean {
    this.calls.push("arm");
    this.isArmed = true;
    return true;
  }

  disarm(): void {
    if (this.isArmed) this.calls.push("disarm");
    this.isArmed = false;
  }

  woken(): void {}

  flush(): void {
    this.hasQueued = false;
  }
}

/** What was asked of the poller from one signal on, until nothing happened any more. */
async function wakeOnce(poller: ScriptedPoller): Promise<readonly string[]> {
  const guest = new LoopGuest({ libc: libc!, resources: new ThreadResources() });
  guest.serve(poller);
  guest.socketOpened();
  writeSync(guest.eventfd, new Uint8Array(new BigUint64Array([1n]).buffer));
  await letRealTimePass(50);
  guest.close();
  return poller.calls;
}

test(
  "LoopGuest sleeps in the poller before it asks for signals again, after turns that ended by their time",
  { skip },
  async () => {
    assert.deepEqual(await wakeOnce(new ScriptedPoller(4, LONG_MS)), [
      "round",
      "disarm", // the next turn comes without a signal
      "round",
      "round",
      "round",
      "round", // the first without an event
      "patient round",
      "arm",
      "round",
    ]);
  },
);

test("LoopGuest leaves signals on, and does not wait, while little happens", { skip }, async () => {
  assert.deepEqual(await wakeOnce(new ScriptedPoller(1, 0)), ["round"]);
});
