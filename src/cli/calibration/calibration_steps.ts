/** The runs of a calibration as data: which users, on how many threads, for how long, and what is read from each. Pure. */

export interface CalibrationStep {
  readonly name: string;
  readonly client: "FastHttpUser" | "HttpUser";
  readonly threads: number;
  readonly users: number;
  /** `idle`: connected, and waiting between requests; tells memory and timers. `full`: never waiting; tells the rate. */
  readonly load: "full" | "idle";
  readonly seconds: number;
}

/** Users of the idle steps: enough that their memory stands out, few enough for a limit of 4,096 files. */
const IDLE_USERS = 2000;

/**
 * Shorter runs measure the compiler; those of waiting users are reported before the first of them has waited to the
 * end, and once more.
 */
const MIN_SECONDS = { full: 2, idle: 4 } as const;

/** What starting and ending the processes of a step takes beside its load. */
export const STEP_OVERHEAD_SECONDS = 0.7;

/** The steps that fill `seconds`. `files`: the limit of open files. */
export function planCalibration(
  options: { readonly seconds: number; readonly cores: number; readonly files: number },
): CalibrationStep[] {
  const { cores, files } = options;
  const maxUsers = Math.max(10, Math.min(IDLE_USERS, Math.floor(files / 2)));
  const full = (client: CalibrationStep["client"], threads: number, users: number) => ({
    name: `${client}, ${threads === 1 ? "1 thread" : `${threads} threads`}, ${users} users`,
    client,
    threads,
    users,
    load: "full" as const,
  });
  const idle = (users: number) => ({
    name: `${users} waiting ${users === 1 ? "user" : "users"}`,
    client: "FastHttpUser" as const,
    threads: 1,
    users,
    load: "idle" as const,
  });
  const steps = [
    full("FastHttpUser", 1, 50),
    full("HttpUser", 1, 50),
    ...(cores === 1 ? [] : [full("FastHttpUser", cores, 50 * cores)]),
    ...[500, 2000].filter((users) => users <= maxUsers).map((users) => full("FastHttpUser", cores, users)),
    idle(1),
    idle(maxUsers),
  ];
  const share = (seconds: number, count: number) => Math.round(seconds / count - STEP_OVERHEAD_SECONDS);
  const idleCount = steps.filter(({ load }) => load === "idle").length;
  const idleSeconds = Math.max(MIN_SECONDS.idle, share(options.seconds, steps.length));
  const left = options.seconds - idleCount * (idleSeconds + STEP_OVERHEAD_SECONDS);
  const fullSeconds = Math.max(MIN_SECONDS.full, share(left, steps.length - idleCount));
  return steps.map((step) => ({ ...step, seconds: step.load === "idle" ? idleSeconds : fullSeconds }));
}

/** The locustfile of a step. Idle users send one request a second, so that they have woken from a wait. */
export function locustfileOf({ client, load }: CalibrationStep): string {
  return `import { constant, ${client}, task } from "locust-ts";
export class Calibrator extends ${client} {
  override waitTime = constant(${load === "full" ? 0 : 1});
  @task
  async ask() {
    await this.client.get("/health");
  }
}
`;
}
