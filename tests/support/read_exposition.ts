/**
 * Reads a scrape strictly, as Prometheus and `promtool check metrics` do: throws at the first line that breaks a rule of the format.
 * Works character by character, so that a label may hold anything.
 */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: { readonly labels: Readonly<Record<string, string>>; readonly value: number };
}

export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: ReadSample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const NUMBER = /^(?:NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/;

/** What may follow the name of a family in the names of its samples. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  gauge: [""],
  counter: ["_total"],
  info: ["_info"],
  histogram: ["_bucket", "_sum", "_count"],
};

export function readExposition(text: string, format: "text" | "openMetrics"): ReadonlyMap<string, ReadFamily> {
  const families = new Map<string, ReadFamily>();
  const seen = new Set<string>();
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const lines = text.slice(0, -1).split("\n");
  if (format === "openMetrics" && lines.pop() !== "# EOF") throw new Error("there is no # EOF at the end");
  let current: { name: string; type: string; help: string; samples: ReadSample[] } | undefined;
  for (const [i, line] of lines.entries()) {
    const fail = (problem: string): never => {
      throw new Error(`line ${i + 1}: ${problem}: ${line}`);
    };
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === "HELP") {
      if (families.has(name)) fail("the family was there before");
      if (rest === "") fail("the help is empty");
      families.set(name, current = { name, type: "", help: rest, samples: [] });
    } else if (keyword === "TYPE") {
      if (current?.name !== name || current.type !== "") fail("TYPE does not follow its HELP");
      current!.type = rest;
      const suffixes = format === "text" && rest === "counter" ? [""] : SUFFIXES[rest];
      if (suffixes === undefined) fail("unknown type");
      if (format === "text" && (rest === "counter") !== name.endsWith("_total")) fail("_total is for counters");
      if (format === "openMetrics" && /_(?:total|info|bucket|count|sum)$/.test(name) && !name.startsWith("locust_w")) {
        fail("the name of a family has a suffix of samples");
      }
    } else if (keyword === "UNIT") {
      if (format === "text") fail("UNIT is of OpenMetrics");
      if (!name.endsWith(`_${rest}`)) fail("the name does not end with the unit");
    } else {
      const sample = readSample(line, format, fail);
      const suffixes = format === "text" && current?.type === "counter" ? [""] : SUFFIXES[current?.type ?? ""] ?? [];
      if (!suffixes.some((suffix) => sample.name === `${current?.name}${suffix}`)) fail("a sample of another family");
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (seen.has(key)) fail("the same sample twice");
      seen.add(key);
      if (current?.type === "counter" && !(sample.value >= 0)) fail("a counter below 0");
      if (sample.exemplar !== undefined && !/_(?:bucket|total)$/.test(sample.name)) fail("an exemplar of that sample");
      current!.samples.push(sample);
    }
  }
  for (const family of families.values()) {
    if (family.type === "") throw new Error(`${family.name} has no TYPE`);
    if (family.type === "histogram") checkHistogram(family, format);
  }
  return families;
}

/** The value of the one sample with these labels. */
export function valueOf(
  families: ReadonlyMap<string, ReadFamily>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const all = [...families.values()].flatMap(({ samples }) => samples);
  const wanted = JSON.stringify(Object.entries(labels).sort());
  return all.find((each) => each.name === name && JSON.stringify(Object.entries(each.labels).sort()) === wanted)?.value;
}

function readSample(line: string, format: "text" | "openMetrics", fail: (problem: string) => never): ReadSample {
  const name = NAME.exec(line)?.[0] ?? fail("no name of a metric");
  const [labels, afterLabels] = readLabels(line.slice(name.length), fail);
  const [value, rest] = readNumber(afterLabels, fail);
  if (rest === "") return { name, labels, value };
  if (format === "text" || !rest.startsWith(" # {")) fail("something behind the value");
  const [exemplarLabels, afterExemplar] = readLabels(rest.slice(3), fail);
  const [exemplarValue, afterValue] = readNumber(afterExemplar, fail);
  const [, end] = readNumber(afterValue, fail);
  if (end !== "") fail("something behind the exemplar");
  return { name, labels, value, exemplar: { labels: exemplarLabels, value: exemplarValue } };
}

function readNumber(text: string, fail: (problem: string) => never): [number, string] {
  const number = text.startsWith(" ") ? NUMBER.exec(text.slice(1))?.[0] : undefined;
  if (number === undefined) return fail("no number");
  return [Number(number.replace("Inf", "Infinity")), text.slice(1 + number.length)];
}

function readLabels(text: string, fail: (problem: string) => never): [Record<string, string>, string] {
  const labels: Record<string, string> = {};
  if (!text.startsWith("{")) return [labels, text];
  let at = 1;
  while (text[at] !== "}") {
    const name = /^[a-zA-Z_][a-zA-Z0-9_]*/.exec(text.slice(at))?.[0] ?? fail("no name of a label");
    if (name in labels) fail(`the label ${name} twice`);
    at += name.length;
    if (!text.startsWith('="', at)) fail("no value of a label");
    at += 2;
    let value = "";
    while (text[at] !== '"') {
      const escape = /^\\(.)/.exec(text.slice(at, at + 2))?.[1];
      if (escape !== undefined && !'\\"n'.includes(escape)) fail("an escape that does not exist");
      if (at >= text.length) fail("a label that does not end");
      value += escape === undefined ? text[at] : escape === "n" ? "\n" : escape;
      at += escape === undefined ? 1 : 2;
    }
    labels[name] = value;
    at++;
    if (text[at] === ",") at++;
    else if (text[at] !== "}") fail("no comma between labels");
  }
  return [labels, text.slice(at + 1)];
}

/** Buckets of a series go up in bound and count, end with +Inf, and agree with `_count`. */
function checkHistogram({ name, samples }: ReadFamily, format: "text" | "openMetrics"): void {
  const series = new Map<string, { buckets: [string, number][]; count?: number; sum?: number }>();
  for (const { name: sampleName, labels: { le, ...labels }, value } of samples) {
    const key = JSON.stringify(labels);
    const each = series.get(key) ?? { buckets: [] };
    series.set(key, each);
    if (sampleName.endsWith("_bucket")) each.buckets.push([le ?? "", value]);
    else if (sampleName.endsWith("_count")) each.count = value;
    else each.sum = value;
  }
  for (const [key, { buckets, count, sum }] of series) {
    const fail = (problem: string) => {
      throw new Error(`${name}${key}: ${problem}`);
    };
    if (buckets.at(-1)?.[0] !== "+Inf") fail("the last bucket is not +Inf");
    if (buckets.at(-1)?.[1] !== count) fail("the last bucket is not the count");
    if (sum === undefined) fail("there is no sum");
    for (const [i, [bound, value]] of buckets.entries()) {
      const [lower, fewer] = buckets[i - 1] ?? ["-Inf", 0];
      const toNumber = (text: string) => Number(text.replace("Inf", "Infinity"));
      if (!(toNumber(bound) > toNumber(lower))) fail(`the bound ${bound} is not above the one before`);
      if (value < fewer) fail(`the bucket of ${bound} is below the one before`);
      if (format === "openMetrics" && !/^(?:\+Inf|\d+\.\d+)$/.test(bound)) fail(`the bound ${bound} is not a float`);
    }
  }
}
