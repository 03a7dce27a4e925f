import assert from "node:assert/strict";
import { test } from "node:test";
import type { LinkReceiver } from "../../src/link/link.ts";
import { type AbortableLink, watchLink } from "../../src/link/watched_link.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A link on which things arrive when the test says so. */
class ScriptedLink implements AbortableLink<string, string> {
  readonly peer = "scripted";
  readonly queuedBytes = 0;
  receivedBytes = 0;
  aborted: string | undefined;
  receiver: LinkReceiver<string> | undefined;

  open(receiver: LinkReceiver<string>): void {
    this.receiver = receiver;
  }
  send(): void {}
  close(): void {}
  abort(reason: string): void {
    this.aborted = reason;
  }
}

function watch() {
  const clock = new FakeClock();
  const link = new ScriptedLink();
  watchLink(link, { clock, silentMs: 5000 }).open({ message() {}, ended() {} });
  return { clock, link };
}

test("watchLink() ends a link on which nothing comes", async () => {
  const { clock, link } = watch();
  await clock.advance(4000);
  assert.equal(link.aborted, undefined);
  await clock.advance(2000);
  assert.match(link.aborted ?? "", /nothing was received from the other side for 5 s/);
});

test("watchLink() keeps a link on which a message comes now and then", async () => {
  const { clock, link } = watch();
  for (let each = 0; each < 5; each++) {
    await clock.advance(4000);
    link.receiver?.message("still here");
  }
  assert.equal(link.aborted, undefined);
});

test("watchLink() keeps a link on which a large message is still coming in", async () => {
  const { clock, link } = watch();
  for (let each = 0; each < 5; each++) {
    await clock.advance(4000);
    link.receivedBytes += 1000;
  }
  assert.equal(link.aborted, undefined);
  await clock.advance(6000);
  assert.match(link.aborted ?? "", /nothing was received/);
});
