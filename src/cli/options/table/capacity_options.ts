/** Rows of the option table: the capacity search. */
import { parseAtLeast } from "../../../master/capacity/capacity_settings.ts";
import { describeBadSlo } from "../../../stats/capacity/read_slo.ts";
import type { OptionSpec, OptionValue } from "./option_spec.ts";

/** As long as the shortest window that is judged. */
const SHORTEST_STEP = 3;

const GROUP = "Capacity search";

export const CAPACITY_OPTIONS = [
  {
    name: "find-max",
    type: "flag",
    env: "LOCUST_FIND_MAX",
    help: "Search for the highest load that keeps the --slo: users, or arrivals with --rate. It begins at -u or " +
      "--rate; --max-users and -t are its limits.",
    group: GROUP,
    modes: ["local", "master"],
  },
  {
    name: "slo",
    type: "repeated",
    env: "LOCUST_SLO",
    placeholder: "CONDITIONS",
    help:
      'The conditions of --find-max, in the form of --threshold: "p99<300ms, failures<1%". May be given several times.',
    group: GROUP,
    modes: ["local", "master"],
    validate: (value: OptionValue) => describeBadSlos(value as readonly string[]),
  },
  {
    name: "at-least",
    type: "text",
    env: "LOCUST_AT_LEAST",
    placeholder: "LOAD",
    help: 'The load that --find-max must find, else the exit code is 3: "1500/s" (arrivals or requests), "500 users".',
    group: GROUP,
    modes: ["local", "master"],
    validate: (value: OptionValue) =>
      parseAtLeast(String(value)) === undefined ? 'it is no load; write "1500/s" or "500 users"' : undefined,
  },
  {
    name: "step-time",
    field: "stepSeconds",
    type: "timeSpan",
    env: "LOCUST_STEP_TIME",
    placeholder: "TIME",
    validate: (value: OptionValue) =>
      Number(value) < SHORTEST_STEP ? `a step of less than ${SHORTEST_STEP} s says nothing; write 10s` : undefined,
    help: "How long --find-max measures each load; up to five times as long if the figures stay unclear. Default: 10s.",
    group: GROUP,
    modes: ["local", "master"],
  },
] as const satisfies readonly OptionSpec[];

function describeBadSlos(texts: readonly string[]): string | undefined {
  const problems = texts.flatMap((text) => {
    const problem = describeBadSlo(text);
    return problem === undefined ? [] : [texts.length === 1 ? problem : `"${text}": ${problem}`];
  });
  return problems.length === 0 ? undefined : problems.join("; ");
}
