/**
 * Steps of a history, bounded: when there are too many, neighbours are merged into steps of 10 s, then of 60 s and
 * more, aligned to whole steps. What the sum of two steps is, the owner says.
 */

/** Steps in seconds. */
const STEPS = [1, 10, 60, 600, 3600] as const;

export interface TimeStep {
  readonly second: number;
  readonly seconds: number;
}

export class ThinnedSteps<Step extends TimeStep> {
  readonly #sum: (steps: readonly Step[]) => Omit<Step, keyof TimeStep>;
  #maxSteps: number;
  #steps: Step[] = [];
  #step = 0;

  constructor(maxSteps: number, sum: (steps: readonly Step[]) => Omit<Step, keyof TimeStep>) {
    this.#maxSteps = maxSteps;
    this.#sum = sum;
  }

  /** Of the steps that are kept now. */
  get stepSeconds(): number {
    return STEPS[this.#step] as number;
  }

  /** Ascending, without overlap. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** Keeps no more than so many steps from now on. */
  limit(maxSteps: number): void {
    this.#maxSteps = maxSteps;
    this.#thinToLimit();
  }

  /** Adds what came after the last step; what took no time joins that one. */
  add(added: Step): void {
    const last = this.#steps.at(-1);
    if (last !== undefined && (added.seconds === 0 || this.#isSameStep(last, added))) {
      this.#steps[this.#steps.length - 1] = this.#merge([last, added]);
    } else {
      this.#steps.push(added);
    }
    this.#thinToLimit();
  }

  #thinToLimit(): void {
    while (this.#steps.length > this.#maxSteps && this.#step < STEPS.length - 1) this.#thin();
  }

  #isSameStep(a: Step, b: Step): boolean {
    return this.stepSeconds > 1 && this.#placeOf(a) === this.#placeOf(b);
  }

  #placeOf({ second }: Step): number {
    return Math.floor(second / this.stepSeconds);
  }

  #thin(): void {
    this.#step++;
    const groups = new Map<number, Step[]>();
    for (const step of this.#steps) {
      const place = this.#placeOf(step);
      const group = groups.get(place);
      if (group === undefined) groups.set(place, [step]);
      else group.push(step);
    }
    this.#steps = [...groups.values()].map((group) => this.#merge(group));
  }

  #merge(steps: readonly Step[]): Step {
    const first = steps[0] as Step;
    const last = steps[steps.length - 1] as Step;
    if (steps.length === 1) return first;
    const time = { second: first.second, seconds: last.second + last.seconds - first.second };
    return { ...this.#sum(steps), ...time } as Step;
  }
}
