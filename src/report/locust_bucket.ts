/**
 * The bucket that Locust would count a response time in, for files of Locust's shape: below 100 ms whole ms, below
 * 1,000 tens, below 10,000 hundreds, from there thousands; rounded half to even, as Python does. Pure.
 */
export function locustBucketMs(ms: number): number {
  if (ms < 100) return roundHalfEven(ms);
  if (ms < 1000) return roundHalfEven(ms / 10) * 10;
  if (ms < 10_000) return roundHalfEven(ms / 100) * 100;
  return roundHalfEven(ms / 1000) * 1000;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor % 2 === 0 ? floor : floor + 1;
  return rest < 0.5 ? floor : floor + 1;
}
