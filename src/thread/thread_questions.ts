/**
 * Lets user code of a thread ask its master, by `feed` and `cluster`, while a run is on. Whether the master can be
 * reached is noted before the run, too.
 */
import type { Clock } from "../base/clock.ts";
import { describeProblem } from "../base/errors.ts";
import { MasterQuestions } from "../control/master_questions.ts";
import type { AnswerMessage } from "../protocol/question_message.ts";
import type { UserMessage } from "../protocol/user_message.ts";
import type { RunPlan } from "../protocol/worker_message.ts";
import { provideMasterPort } from "../user/cluster/master_port.ts";
import { openFeeds } from "../user/feed/feed.ts";
import { SharedTurns } from "../user/cluster/shared_turns.ts";
import type { ThreadRunner } from "./thread_runner.ts";

export interface ThreadQuestionsOptions {
  readonly clock: Clock;
  readonly say: (message: UserMessage) => void;
}

export class ThreadQuestions {
  readonly #options: ThreadQuestionsOptions;
  #open: MasterQuestions | undefined;
  #withdrawPort: () => void = () => {};
  #masterState: "here" | "away" = "here";

  constructor(options: ThreadQuestionsOptions) {
    this.#options = options;
  }

  noteMaster(state: "here" | "away"): void {
    this.#masterState = state;
    this.#open?.noteMaster(state);
  }

  answer(message: AnswerMessage): void {
    if (message.runId === this.#open?.runId) this.#open.answer(message);
  }

  /** User code of a run may ask from now on. `turns`: shared with the other threads. */
  open({ runId, seed }: RunPlan, { workerIndex = 0, threadIndex }: ThreadRunner, turns?: SharedArrayBuffer): void {
    this.close();
    this.#open = new MasterQuestions({
      runId,
      thread: threadIndex,
      seed,
      place: { workerIndex, threadIndex },
      turns: new SharedTurns(turns),
      ...this.#options,
    });
    this.#open.noteMaster(this.#masterState);
    this.#withdrawPort = provideMasterPort(this.#open);
  }

  /** Before the first user: a file that cannot be used ends the test, with its line. */
  async openFeeds(): Promise<void> {
    try {
      await openFeeds();
    } catch (error) {
      this.#options.say({ kind: "stopTest", message: describeProblem(error), failed: true });
    }
  }

  /** The users are asked to stop. */
  noteStop(): void {
    this.#open?.noteStop();
  }

  /** After the last user: what is under way comes to its end. */
  async conclude(): Promise<void> {
    await this.#open?.conclude();
  }

  close(): void {
    this.#open?.end();
    this.#open = undefined;
    this.#withdrawPort();
  }
}
