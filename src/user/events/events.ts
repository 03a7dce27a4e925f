/**
 * All events of a locustfile. The command line uses the one global `events` of each thread; a program that makes its
 * own `Environment` may give it a set of its own. Where each fires: users' events in the threads, the rest in the
 * control thread; `init`, `testStart`, `testStop`, `quitting` and the lifecycle events are awaited, one listener after
 * the other.
 */
import type * as fields from "./event_fields.ts";
import { EventHook } from "./event_hook.ts";
import { RequestHook } from "./request_hook.ts";

export class Events {
  /** Options are about to be parsed: add your own with `parser.addArgument`. Once per thread. */
  readonly initCommandLineParser = new EventHook<fields.ParserFields>("initCommandLineParser");
  /** Environment and runner exist, nothing runs yet. A listener that throws ends the program with exit code 2. Awaited. */
  readonly init = new EventHook<fields.InitFields>("init");
  /** A new run begins, before its first user. Awaited. Not fired when a running test is changed. */
  readonly testStart = new EventHook<fields.EnvironmentFields>("testStart");
  /** The run is about to stop, its users still run. Awaited. */
  readonly testStopping = new EventHook<fields.EnvironmentFields>("testStopping");
  /** The run has stopped, all users are gone. Awaited. */
  readonly testStop = new EventHook<fields.EnvironmentFields>("testStop");
  /** The wanted number of users runs. Again after each change of it. */
  readonly spawningComplete = new EventHook<fields.SpawningCompleteFields>("spawningComplete");
  /** A request has ended and is counted. In the thread of its user. */
  readonly request = new RequestHook();
  /** A task threw something other than control flow. In the thread of its user. */
  readonly userError = new EventHook<fields.UserErrorFields>("userError");
  /** Once per run, before its first user, in the control thread: the results of listeners are `environment.shared`. Awaited. */
  readonly runSetup = new EventHook<fields.EnvironmentFields>("runSetup");
  /** Once per run, after its last user, also after a failed setup or Ctrl-C. Awaited. */
  readonly runTeardown = new EventHook<fields.TeardownFields>("runTeardown");
  /** A worker is about to report, once a second: add to `data`. In its threads. */
  readonly reportToMaster = new EventHook<fields.ReportToMasterFields>("reportToMaster");
  /** A worker's report has arrived, with what its listeners added. */
  readonly workerReport = new EventHook<fields.WorkerReportFields>("workerReport");
  /** A worker has joined. */
  readonly workerConnect = new EventHook<fields.ClientFields>("workerConnect");
  readonly heartbeatSent = new EventHook<fields.HeartbeatFields>("heartbeatSent");
  readonly heartbeatReceived = new EventHook<fields.HeartbeatFields>("heartbeatReceived");
  /** Statistics are about to be cleared. */
  readonly resetStats = new EventHook<Readonly<Record<string, never>>>("resetStats");
  /**
   * Something has happened in the run, or a second of it is over: for your own output. In the control thread; one event
   * after the other, each listener with a time limit of 5 s. The events of the end are delivered before `quitting`.
   */
  readonly runEvent = new EventHook<fields.RunEventFields>("runEvent");
  /** CPU and memory of a process, every 10 s. */
  readonly usageMonitor = new EventHook<fields.UsageFields>("usageMonitor");
  /** A process uses more than 90 % of its cores. */
  readonly cpuWarning = new EventHook<fields.CpuFields>("cpuWarning");
  /** The program is about to end; newest listener first. Set `environment.processExitCode` here. Awaited. */
  readonly quitting = new EventHook<fields.EnvironmentFields>("quitting");
  /** The last thing before the program ends. */
  readonly quit = new EventHook<fields.QuitFields>("quit");
}

/** The events of this thread. */
export const events = new Events();
