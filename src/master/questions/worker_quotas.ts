/** The limits of what workers may send as messages of user code, and the sentences about what went over them. */
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/logger.ts";
import { UserMessageQuota } from "../../protocol/message_quota.ts";
import type { UserMessage } from "../../protocol/user_message.ts";

export class WorkerQuotas {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #quotas = new Map<string, UserMessageQuota>();

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Whether a message of the worker may pass; one that may not is counted. */
  take(workerId: string, message: UserMessage): boolean {
    const nowMs = this.#clock.nowMs();
    let quota = this.#quotas.get(workerId);
    if (quota === undefined) this.#quotas.set(workerId, quota = new UserMessageQuota("master", nowMs));
    return quota.take(message, nowMs);
  }

  /** Logs what was dropped. Call it each second; what is known of a worker that is not `linked` any more is forgotten. */
  report(isLinked: (workerId: string) => boolean): void {
    for (const [id, quota] of this.#quotas) {
      const reports = quota.takeReports(id, this.#clock.nowMs());
      for (const report of reports) this.#logger.warning(report);
      if (reports.length === 0 && !isLinked(id)) this.#quotas.delete(id);
    }
  }
}
