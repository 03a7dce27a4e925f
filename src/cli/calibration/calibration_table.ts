/** A calibration as a table for people. Pure. */
import type { Calibration, RateStep } from "./calibration.ts";

const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function formatCalibration(calibration: Calibration, path: string): string {
  const { machine, rates, bytesPerUser, timerErrorP99Ms } = calibration;
  const fast = rates.filter(({ client }) => client === "FastHttpUser");
  const rows = [["client", "threads", "users", "requests/s", "per thread", "p99 ms"], ...rates.map(toRow)];
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length))
  );
  const lines = rows.map((row) =>
    row.map((text, i) => i === 0 ? text.padEnd(widths[i] as number) : text.padStart(widths[i] as number)).join("  ")
      .trimEnd()
  );
  const best = Math.max(0, ...fast.map(({ perSecond }) => perSecond));
  return [
    `Calibration of ${machine.host}: ${machine.cores} cores, ${machine.cpu}, locust-ts ${machine.version}, ${machine.runtime}`,
    "",
    ...lines,
    "",
    `At best ${COUNT.format(best)} requests/s, ${
      COUNT.format(best / machine.cores)
    } per core; the demo shop had its share of the cores`,
    describeFall(fast),
    bytesPerUser === null
      ? "Memory of a waiting user: not measured"
      : `Memory of a waiting user with a connection: ${(bytesPerUser / 1000).toFixed(1)} KB`,
    timerErrorP99Ms === null
      ? "Timer error: not measured"
      : `Timer error of waiting users: ${timerErrorP99Ms.toFixed(2)} ms (p99 of the worst second)`,
    "",
    `Saved in ${path}. Runs on this machine now report how close they came to these figures; docs/verdict.md has the limit for a doubt.`,
    "",
  ].join("\n");
}

function toRow({ client, threads, users, perSecond, p99Ms }: RateStep): string[] {
  const each = COUNT.format(perSecond / threads);
  return [
    client,
    String(threads),
    COUNT.format(users),
    COUNT.format(perSecond),
    each,
    p99Ms === null ? "" : p99Ms.toFixed(1),
  ];
}

/** How the rate changes from the fewest users to the most, on the same threads. */
function describeFall(fast: readonly RateStep[]): string {
  const threads = Math.max(...fast.map((rate) => rate.threads));
  const same = fast.filter((rate) => rate.threads === threads).toSorted((a, b) => a.users - b.users);
  const [fewest, most] = [same[0], same.at(-1)];
  if (fewest === undefined || most === undefined || fewest === most) return "The rate by users: not measured";
  const percent = Math.round((most.perSecond / fewest.perSecond) * 100);
  return `With ${COUNT.format(most.users)} users in place of ${COUNT.format(fewest.users)}: ${percent} % of the rate`;
}
