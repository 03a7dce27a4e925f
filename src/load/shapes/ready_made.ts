/**
 * Ready-made loads: ramp, spike, steps, double wave. Pure functions of the seconds since the run's start. Each throws a
 * `UsageError` that lists everything that is wrong with its settings.
 */
import { type LoadShape, rateOver } from "./load_shape.ts";
import { checkSettings } from "./shape_settings.ts";
import { stages } from "./stages.ts";

/** From `from` users to `to` within `rampSeconds`, then `holdSeconds` more. */
export function ramp(
  settings: {
    readonly from?: number;
    readonly to: number;
    readonly rampSeconds: number;
    readonly holdSeconds?: number;
  },
): LoadShape {
  checkSettings(
    settings,
    { from: { optional: "users" }, to: "users", rampSeconds: "seconds", holdSeconds: { optional: "seconds" } },
    ({ rampSeconds, holdSeconds = 0 }) =>
      rampSeconds + holdSeconds > 0 ? undefined : "together they last 0 seconds; give rampSeconds or holdSeconds",
  );
  const { from = 0, to, rampSeconds, holdSeconds = 0 } = settings;
  const climb = stages([{ durationSeconds: rampSeconds, users: to, spawnRate: rateOver(to - from, rampSeconds) }, {
    durationSeconds: holdSeconds,
    users: to,
  }]);
  // The users to start from are there at once; the ramp begins with the second tick.
  return (seconds) => seconds < 1 && from > 0 ? { users: from, spawnRate: from } : climb(seconds);
}

/** A steady load with one burst: `baseUsers`, from `spikeAtSeconds` on `spikeUsers` for `spikeSeconds`, then the base again. */
export function spike(settings: {
  readonly baseUsers: number;
  readonly spikeUsers: number;
  readonly spikeAtSeconds: number;
  readonly spikeSeconds: number;
  readonly totalSeconds: number;
}): LoadShape {
  checkSettings(
    settings,
    {
      baseUsers: "users",
      spikeUsers: "users",
      spikeAtSeconds: "seconds",
      spikeSeconds: "someSeconds",
      totalSeconds: "someSeconds",
    },
    ({ spikeAtSeconds, totalSeconds }) =>
      spikeAtSeconds < totalSeconds
        ? undefined
        : `the spike at ${spikeAtSeconds} s is not before the end at ${totalSeconds} s; let totalSeconds be more`,
  );
  const { baseUsers, spikeUsers, spikeAtSeconds, spikeSeconds, totalSeconds } = settings;
  return (seconds) => {
    if (seconds >= totalSeconds) return null;
    const isSpike = seconds >= spikeAtSeconds && seconds < spikeAtSeconds + spikeSeconds;
    const change = spikeAtSeconds > 0 && seconds < spikeAtSeconds ? baseUsers : spikeUsers - baseUsers;
    return { users: isSpike ? spikeUsers : baseUsers, spawnRate: rateOver(change, 1) };
  };
}

/** `stepUsers` more every `stepSeconds`, until `totalSeconds` are over. */
export function steps(settings: {
  readonly stepUsers: number;
  readonly stepSeconds: number;
  readonly spawnRate: number;
  readonly totalSeconds: number;
}): LoadShape {
  checkSettings(settings, {
    stepUsers: "someUsers",
    stepSeconds: "someSeconds",
    spawnRate: "rate",
    totalSeconds: "someSeconds",
  });
  const { stepUsers, stepSeconds, spawnRate, totalSeconds } = settings;
  return (seconds) => {
    if (seconds >= totalSeconds) return null;
    return { users: (Math.floor(seconds / stepSeconds) + 1) * stepUsers, spawnRate };
  };
}

/**
 * Two peaks, as of noon and evening, with a trough between them: bell curves around 1/3 and 2/3 of the time above a
 * base of `minUsers`, the second one `secondPeakUsers` high.
 *
 * `users(t) = min + (first - min) · bell(t, T/3) + (second - min) · bell(t, 2T/3)`,
 * `bell(t, m) = exp(-((t - m) / (T/18))² / 2)`
 */
export function doubleWave(settings: {
  readonly minUsers: number;
  readonly firstPeakUsers: number;
  readonly secondPeakUsers: number;
  readonly totalSeconds: number;
}): LoadShape {
  checkSettings(
    settings,
    { minUsers: "users", firstPeakUsers: "users", secondPeakUsers: "users", totalSeconds: "someSeconds" },
    ({ minUsers, firstPeakUsers, secondPeakUsers }) =>
      Math.min(firstPeakUsers, secondPeakUsers) >= minUsers
        ? undefined
        : `a peak is below minUsers, which is ${minUsers}; let both peaks be above`,
  );
  const { minUsers, firstPeakUsers, secondPeakUsers, totalSeconds } = settings;
  const third = totalSeconds / 3;
  // An eighteenth of the time as standard deviation: the middle between the peaks is three of them away from both, where two
  // bells together are 2 % high, so that the trough and the ends are at the base.
  const bell = (seconds: number, middle: number) => Math.exp(-(((seconds - middle) / (totalSeconds / 18)) ** 2) / 2);
  const usersAt = (seconds: number) =>
    Math.round(
      minUsers + (firstPeakUsers - minUsers) * bell(seconds, third) +
        (secondPeakUsers - minUsers) * bell(seconds, 2 * third),
    );
  return (seconds) => {
    if (seconds >= totalSeconds) return null;
    const users = usersAt(seconds);
    return { users, spawnRate: rateOver(users - (seconds >= 1 ? usersAt(seconds - 1) : 0), 1) };
  };
}
