/** A calibration as a table for people. Pure. */
import type { Calibration, RateStep } from "./calibration.ts";
import type { RateLimit } from "./step_cpu.ts";

const LIMITS: Readonly<Record<RateLimit, string>> = {
  generator: "the generator",
  sharedCores: "cores shared with the shop",
  otherProcesses: "other processes",
  system: "the demo shop",
  unknown: "not known",
};

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function formatCalibration(calibration: Calibration, path: string): string {
  const { machine, rates, bytesPerUser, timerErrorP99Ms } = calibration;
  const fast = rates.filter(({ client }) => client === "FastHttpUser");
  const rows = [
    ["client", "threads", "users", "requests/s", "per core used", "p99 ms", "limited by"],
    ...rates.map(toRow),
  ];
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length))
  );
  const lines = rows.map((row) =>
    row.map((text, i) =>
      i === 0 || i === row.length - 1 ? text.padEnd(widths[i] as number) : text.padStart(widths[i] as number)
    ).join("  ")
      .trimEnd()
  );
  return [
    `Calibration of ${machine.host}: ${machine.cores} cores, ${machine.cpu}, locust-ts ${machine.version}, ${machine.runtime}`,
    "",
    ...lines,
    "",
    ...describeLimits(fast, machine.cores),
    describeFall(fast),
    bytesPerUser === null
      ? "Memory of a waiting user: not measured"
      : `Memory of a waiting user with a connection: ${(bytesPerUser / 1000).toFixed(1)} KB`,
    timerErrorP99Ms === null
      ? "Timer error: not measured"
      : `Timer error of waiting users: ${timerErrorP99Ms.toFixed(2)} ms (p99 of the worst second)`,
    "",
    `Saved in ${path}; docs/verdict.md says how the verdict of later runs uses it.`,
    "",
  ].join("\n");
}

/** What the verdict can compare later runs with, and why not with more. */
function describeLimits(fast: readonly RateStep[], cores: number): string[] {
  const own = fast.filter(({ limitedBy }) => limitedBy === "generator");
  const threads = Math.max(0, ...own.map((rate) => rate.threads));
  const best = Math.max(0, ...own.map(({ perSecond }) => perSecond));
  const lines = own.length === 0
    ? ["In no step was the generator the limit: the verdict compares no run with these rates"]
    : [
      `At best ${COUNT.format(best)} requests/s where the generator was the limit; the verdict compares runs of ${
        threads === 1 ? "1 thread" : `up to ${threads} threads`
      } with it`,
    ];
  if (fast.some(({ limitedBy }) => limitedBy === "otherProcesses")) {
    lines.push("Other processes took a part of the cores: calibrate again when the machine runs nothing else");
  }
  if (fast.some(({ limitedBy }) => limitedBy === "sharedCores")) {
    lines.push(`The demo shop needs cores too: of ${cores} it left too few for more threads to be measured`);
  }
  return lines;
}

function toRow({ client, threads, users, perSecond, generatorCores, p99Ms, limitedBy }: RateStep): string[] {
  return [
    client,
    String(threads),
    COUNT.format(users),
    COUNT.format(perSecond),
    generatorCores === null || generatorCores === 0 ? "" : COUNT.format(perSecond / generatorCores),
    p99Ms === null ? "" : p99Ms.toFixed(1),
    LIMITS[limitedBy],
  ];
}

/** How the rate changes from the fewest users to the most, on the same threads. */
function describeFall(fast: readonly RateStep[]): string {
  const threads = Math.max(...fast.map((rate) => rate.threads));
  const same = fast.filter((rate) => rate.threads === threads).toSorted((a, b) => a.users - b.users);
  const [fewest, most] = [same[0], same.at(-1)];
  if (fewest === undefined || most === undefined || fewest === most) return "The rate by users: not measured";
  const percent = Math.round((most.perSecond / fewest.perSecond) * 100);
  return `With ${COUNT.format(most.users)} users instead of ${COUNT.format(fewest.users)}: ${percent} % of the rate`;
}
