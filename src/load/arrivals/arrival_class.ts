/**
 * The class of an arrival where a stream has several: by its number alone, in the shares of the weights, and well
 * mixed. The fractions of k · φ lie as evenly in [0, 1) as numbers can (Kronecker's sequence), and so do those of every
 * n-th k, which one thread has.
 */

const GOLDEN = (Math.sqrt(5) - 1) / 2;

export function classOfArrival(
  classes: readonly { readonly name: string; readonly weight: number }[],
  index: number,
): string {
  const [first] = classes;
  if (first === undefined) throw new RangeError("Cannot choose a class: the stream has none");
  if (classes.length === 1) return first.name;
  const total = classes.reduce((sum, { weight }) => sum + weight, 0);
  let point = ((index + 0.5) * GOLDEN % 1) * total;
  for (const { name, weight } of classes) {
    point -= weight;
    if (point < 0) return name;
  }
  return first.name;
}
