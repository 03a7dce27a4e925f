import assert from "node:assert/strict";
import { test } from "node:test";
import { describeMismatch } from "../../../scripts/release/check_executable.ts";
import { type ReleaseTarget, targetsNamed } from "../../../scripts/release/targets.ts";

const INSIDE = "/root/locust-ts /root/thread/thread_main.js /root/control/control_main.js node_types.gz";

function target(name: string): ReleaseTarget {
  return targetsNamed([name])[0]!;
}

/** A Mach-O file for a processor, with texts inside. */
function machO(processor: number, texts: string): Uint8Array {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xfeedfacf, true);
  view.setUint32(4, processor, true);
  bytes.set(new TextEncoder().encode(texts), 64);
  return bytes;
}

const ARM64 = 0x0100000c;

test("describeMismatch() is content with a file that is what its target says", () => {
  assert.equal(describeMismatch(machO(ARM64, INSIDE), target("darwin-arm64")), undefined);
});

test("describeMismatch() names another format, another processor, another loader, and what is missing inside", () => {
  assert.equal(describeMismatch(machO(ARM64, INSIDE), target("windows-x64")), "it is no PE file");
  assert.equal(describeMismatch(machO(ARM64, INSIDE), target("darwin-x64")), "it is for arm64, not x64");
  assert.equal(
    describeMismatch(machO(ARM64, INSIDE.replace("thread_main", "main")), target("darwin-arm64")),
    "root/thread/thread_main.js is not inside",
  );
  const staticElf = new Uint8Array(64);
  staticElf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  new DataView(staticElf.buffer).setUint16(18, 62, true);
  assert.match(describeMismatch(staticElf, target("linux-x64")) ?? "", /^its loader is none, not \/lib64/);
});
