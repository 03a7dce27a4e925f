/**
 * The fields that each event passes to its listeners: Locust's arguments in camelCase. Types only.
 */
import type { ObservedRunEvent } from "../../protocol/observed_run_message.ts";
import type { CustomArgumentParser } from "../loading/custom_arguments.ts";
import type { Environment } from "../environment.ts";
import type { RunnerFacade } from "../runner_facade.ts";
import type { TaskSet } from "../tasks/task_set.ts";
import type { User } from "../user.ts";
import type { WebUi } from "../web_ui/web_ui.ts";

export interface EnvironmentFields {
  readonly environment: Environment;
}

export interface InitFields extends EnvironmentFields {
  readonly runner: RunnerFacade | undefined;
  /** The web UI: in the control thread of a test with `--web`, undefined elsewhere. */
  readonly webUi: WebUi | undefined;
}

export interface ParserFields {
  readonly parser: CustomArgumentParser;
}

export interface SpawningCompleteFields {
  /** Users of the whole run. */
  readonly userCount: number;
}

export interface UserErrorFields {
  readonly userInstance: User;
  /** The innermost task set that was running, if any. */
  readonly taskSet: TaskSet<User> | undefined;
  readonly exception: unknown;
  /** The stack of the exception: frames of the locustfile, innermost first. */
  readonly tb: readonly string[];
}

export interface ReportToMasterFields {
  readonly clientId: string;
  /** Add the data for `workerReport` to it; plain data. */
  readonly data: Record<string, unknown>;
}

export interface WorkerReportFields {
  readonly clientId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ClientFields {
  readonly clientId: string;
}

export interface HeartbeatFields extends ClientFields {
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
}

export interface QuitFields {
  readonly exitCode: number;
}

export interface CpuFields extends EnvironmentFields {
  /** Percent of the cores that the process may use. */
  readonly cpuUsage: number;
}

export interface UsageFields extends CpuFields {
  /** Resident memory in bytes. */
  readonly memoryUsage: number;
}

export interface TeardownFields extends EnvironmentFields {
  /** What `runSetup` returned. */
  readonly shared: unknown;
}

/** Of `runEvent`. */
export interface RunEventFields extends EnvironmentFields {
  readonly event: ObservedRunEvent;
}
