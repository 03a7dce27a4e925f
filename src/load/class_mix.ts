/**
 * Chooses the user class of the next user. Classes with a fixed count come first, then the others in the order that
 * keeps the mix closest to the weights at every moment: each user goes to the class that lowers the Kullback–Leibler
 * divergence most. Users are taken away in reverse order of their start, which winds the sequence back, so that growing
 * again gives the same classes. The mix persists over edits of the total.
 */
import { compareText } from "../base/text/compare_text.ts";

export interface MixedClass {
  readonly name: string;
  readonly weight: number; // > 0
  readonly fixedCount: number; // 0: by weight
}

/** One user more or fewer of a class. */
export interface ClassChange {
  readonly name: string;
  readonly change: 1 | -1;
}

export class ClassMix {
  readonly #classes: readonly MixedClass[];
  readonly #counts = new Map<string, number>();
  /** Running users in order of their start, each with the sequence that chose it. */
  readonly #started: { readonly name: string; readonly sequence: ClassSequence | undefined }[] = [];
  #subset: readonly string[];
  #weighted: ClassSequence;

  constructor(classes: readonly MixedClass[]) {
    this.#classes = [...classes].sort((a, b) => compareText(a.name, b.name));
    for (const { name } of this.#classes) this.#counts.set(name, 0);
    this.#subset = this.#classes.map(({ name }) => name);
    this.#weighted = this.#createWeighted();
  }

  /** Number of users in the mix. Below the total asked for where all classes are fixed ones and have their users. */
  get size(): number {
    return this.#started.length;
  }

  /** Users per class; every class is named. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  /**
   * Grows or shrinks to `total` users; answers with the changes in order. `only` names the classes that new users may
   * be of, from now on; running ones stay. Without it the last choice stays in force, as with Locust's shapes.
   */
  resize(total: number, only?: readonly string[]): readonly ClassChange[] {
    if (only !== undefined) this.#select(only);
    const changes: ClassChange[] = [];
    while (this.#started.length > Math.max(0, total)) changes.push(this.#shrink());
    if (this.#started.length < total) this.#grow(total, changes);
    return changes;
  }

  #select(only: readonly string[]): void {
    const subset = this.#classes.map(({ name }) => name).filter((name) => only.includes(name));
    if (subset.length === this.#subset.length && subset.every((name, i) => name === this.#subset[i])) return;
    this.#subset = subset;
    this.#weighted = this.#createWeighted();
  }

  #selected(): MixedClass[] {
    return this.#classes.filter(({ name }) => this.#subset.includes(name));
  }

  #createWeighted(): ClassSequence {
    return new ClassSequence(this.#selected().filter(({ fixedCount }) => fixedCount === 0));
  }

  #grow(total: number, changes: ClassChange[]): void {
    const short = this.#selected().map(({ name, fixedCount }) => ({
      name,
      weight: fixedCount - (this.#counts.get(name) ?? 0),
    })).filter(({ weight }) => weight > 0);
    const fixed = new ClassSequence(short);
    for (let missing = short.reduce((sum, { weight }) => sum + weight, 0); missing > 0; missing--) {
      if (this.#started.length >= total) return;
      this.#start(fixed.next() as string, undefined, changes);
    }
    while (this.#started.length < total) {
      const name = this.#weighted.next();
      if (name === undefined) return;
      this.#start(name, this.#weighted, changes);
    }
  }

  #start(name: string, sequence: ClassSequence | undefined, changes: ClassChange[]): void {
    this.#started.push({ name, sequence });
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    changes.push({ name, change: 1 });
  }

  #shrink(): ClassChange {
    const { name, sequence } = this.#started.pop() as { name: string; sequence: ClassSequence | undefined };
    sequence?.takeBack(name);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) - 1);
    return { name, change: -1 };
  }
}

/**
 * The endless sequence of classes. For a class of weight w that came k times, x = w + k; the next class is the one with
 * the lowest w · log2(x / (x + 1)): where one more brings the shares (of x) closest to the weights. Ties: smaller x,
 * then smaller weight, then name.
 */
export class ClassSequence {
  readonly #classes: { readonly name: string; readonly weight: number; times: number; score: number }[];

  /** `classes` in order of their names, with weights > 0. */
  constructor(classes: readonly { readonly name: string; readonly weight: number }[]) {
    this.#classes = classes.map(({ name, weight }) => ({ name, weight, times: 0, score: scoreOf(weight, 0) }));
  }

  /** The next class; undefined if there is none at all. */
  next(): string | undefined {
    let best = this.#classes[0];
    if (best === undefined) return undefined;
    for (const candidate of this.#classes) {
      if (comesBefore(candidate, best)) best = candidate;
    }
    best.score = scoreOf(best.weight, ++best.times);
    return best.name;
  }

  /** Undoes the last `next()` that gave this class. */
  takeBack(name: string): void {
    const taken = this.#classes.find((candidate) => candidate.name === name);
    if (taken !== undefined && taken.times > 0) taken.score = scoreOf(taken.weight, --taken.times);
  }
}

interface Scored {
  readonly weight: number;
  readonly times: number;
  readonly score: number;
}

function scoreOf(weight: number, times: number): number {
  const x = weight + times;
  return weight * Math.log2(x / (x + 1));
}

function comesBefore(a: Scored, b: Scored): boolean {
  if (a.score !== b.score) return a.score < b.score;
  if (a.weight + a.times !== b.weight + b.times) return a.weight + a.times < b.weight + b.times;
  return a.weight < b.weight;
}
