import assert from "node:assert/strict";
import { test } from "node:test";
import type { ToMaster } from "../../src/protocol/worker_message.ts";
import { PartRequests, SUPERSEDED } from "../../src/worker/part_requests.ts";

function createRequests() {
  const sent: ToMaster[] = [];
  return { sent, requests: new PartRequests((message) => sent.push(message)) };
}

const ASKED = { hash: "h", path: "all.csv", offset: 5 } as const;
const bytes = new Uint8Array([1, 2]);

test("PartRequests.fetch() resolves with the part that was asked for, and no other", async () => {
  const { sent, requests } = createRequests();
  const part = requests.fetch("h", "all.csv", 5);
  assert.deepEqual(sent, [{ kind: "fetchPart", ...ASKED }]);
  requests.take({ kind: "filePart", ...ASKED, offset: 3, bytes: new Uint8Array([9]) });
  requests.take({ kind: "filePart", ...ASKED, bytes });
  requests.take({ kind: "filePart", ...ASKED, bytes: new Uint8Array([9]) });
  assert.deepEqual(await part, bytes);
});

test("PartRequests.fetch() rejects with what the master says", async () => {
  const { requests } = createRequests();
  const part = requests.fetch("h", "all.csv", 5);
  requests.take({ kind: "filePart", ...ASKED, bytes: new Uint8Array(0), problem: "it was changed" });
  await assert.rejects(part, { message: "it was changed", code: "large_file" });
});

test("PartRequests.repeat() asks again on a new link, and gives up where the master has another locustfile", async () => {
  const { sent, requests } = createRequests();
  requests.repeat("h"); // nothing was asked for
  const part = requests.fetch("h", "all.csv", 5);
  requests.repeat("h");
  assert.deepEqual(sent.map((message) => message.kind), ["fetchPart", "fetchPart"]);
  requests.repeat("other");
  await assert.rejects(part, { code: SUPERSEDED });
  assert.equal(sent.length, 2);
});
