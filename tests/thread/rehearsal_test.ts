import assert from "node:assert/strict";
import { test } from "node:test";
import { checks, Environment, events } from "../../mod.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { rehearse } from "../../src/thread/rehearsal.ts";
import { createRunContext } from "../../src/user/lifecycle/run_context.ts";
import { FakeClock } from "../support/fake_clock.ts";

test("rehearse() has its user make one request, to nowhere, and end", async () => {
  assert.equal(await rehearse(), 200);
  assert.equal(await rehearse(), 200);
});

test("rehearse() calls no listener of the locustfile's, and leaves the run that counts in its place", async () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  createRunContext({ environment: new Environment({ userClasses: [], events }), recorder, clock });
  let heard = 0;
  const hear = () => void heard++;
  events.request.addListener(hear);
  events.userError.addListener(hear);
  await rehearse();
  events.request.removeListener(hear);
  events.userError.removeListener(hear);
  assert.equal(heard, 0);
  assert.equal(recorder.drain(), undefined);
  checks({}, { "is counted": () => true });
  assert.notEqual(recorder.drain(), undefined);
});
