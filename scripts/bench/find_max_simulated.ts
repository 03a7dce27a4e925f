/**
 * The capacity search on simulated systems whose capacity is known by formula, without a machine in between: small queues, lax and strict SLOs, arrivals that
 * come by chance or evenly, closed users, failures. Prints a table in Markdown: how far the figures of the seeds are off, how often the interval held the true
 * edge, and how long the searches would have taken. The same seeds give the same table.
 *
 *     node_modules/.bin/bun scripts/bench/find_max_simulated.ts [--seeds 101-108] [--only "4 x 50"] [--each]
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { KNOWN_SYSTEMS } from "../../tests/support/known_systems.ts";
import { searchSimulated } from "../../tests/support/simulated_search.ts";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "1-16" },
    only: { type: "string", default: "" },
    each: { type: "boolean", default: false },
  },
});
const [first = 1, last = first] = options.seeds.split("-").map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, i) => first + i);

console.log("| system | SLO | edge | bias | spread | farthest | within 5 % | interval holds it | minutes | longest |");
console.log("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const known of KNOWN_SYSTEMS.filter(({ name, slo }) => `${name} ${slo}`.includes(options.only))) {
  const { name, slo, unit, start, capacity, isWithin, create } = known;
  const found = seeds.map((seed) => {
    const report = searchSimulated(create(seed), { unit, start, slo: [slo] });
    if (options.each) {
      process.stderr.write(`${seed}: ${report.seconds} s, ${report.steps.length} steps: ${report.sentence}\n`);
    }
    return { ...report, off: (report.load ?? 0) / capacity - 1 };
  });
  const bias = mean(found.map(({ off }) => off));
  const spread = Math.sqrt(mean(found.map(({ off }) => (off - bias) ** 2)));
  const farthest = found.reduce((far, { off }) => Math.abs(off) > Math.abs(far) ? off : far, 0);
  const good = found.filter(({ load }) => load !== null && isWithin(load)).length;
  const covered = found.filter(({ low, high }) => (low ?? 0) <= capacity && capacity <= (high ?? Infinity)).length;
  const minutes = found.map(({ seconds }) => seconds / 60);
  console.log(
    `| ${name} | ${slo} | ${capacity.toPrecision(3)} | ${share(bias)} | ${share(spread)} | ${
      share(farthest)
    } | ${good} of ${seeds.length} | ` +
      `${covered} | ${mean(minutes).toFixed(1)} | ${Math.max(...minutes).toFixed(1)} |`,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}
