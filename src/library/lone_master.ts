/**
 * The master of a user that runs by itself (`runSingleUser`): answers what `feed` and `cluster` ask, in the same
 * JavaScript thread.
 */
import { MasterQuestions } from "../control/master_questions.ts";
import { RunQuestions } from "../master/questions/run_questions.ts";
import type { LoneMaster, LoneMasterOptions } from "../user/cluster/lone_master.ts";

const RUN_ID = "single";

export function openLoneMaster({ clock, seed, note }: LoneMasterOptions): LoneMaster {
  const master = new RunQuestions({
    toControl: (message) => questions.answer(message),
    toWorker: (_id, message) => questions.answer(message),
    workers: () => 1,
    clock,
    note,
  });
  const questions = new MasterQuestions({
    runId: RUN_ID,
    thread: 0,
    seed,
    place: { workerIndex: 0, threadIndex: 0 },
    clock,
    say: (message) =>
      message.kind === "log" ? note(message.message) : master.take(message, { kind: "worker", id: "local" }),
  });
  master.open(RUN_ID);
  return { port: questions, close: () => questions.end() };
}
