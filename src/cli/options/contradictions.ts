/** Finds combinations of options that exclude each other. Reports all of them at once, each as one sentence. Pure. */
import { NO_SCENARIOS } from "../../user/scenarios/collect_scenarios.ts";
import { flagOf, type OptionSpec } from "./table/option_spec.ts";
import type { ResolvedOption } from "./reading/resolve_options.ts";
import { NO_SHAPE } from "./selection/selection.ts";

type Values = ReadonlyMap<string, ResolvedOption>;

interface Rule {
  readonly applies: (values: Values) => boolean;
  /** It asks for this option: where it was given and could not be read, that is problem enough. */
  readonly lacks?: string;
  readonly problem: string;
}

const on = (values: Values, name: string) => values.get(name)?.value === true;

/** True when the option was set; a default does not count, nor a flag set to false. */
const given = (values: Values, name: string) => {
  const option = values.get(name);
  return option !== undefined && option.origin.kind !== "default" && option.value !== false;
};

/** The same, but for the words by which nothing of the locustfile decides the load. */
const decides = (values: Values, name: string) =>
  given(values, name) && [values.get(name)?.value].flat().some((value) => value !== NOTHING_DECIDES[name]);
const NOTHING_DECIDES: Readonly<Record<string, string>> = { shape: NO_SHAPE, scenario: NO_SCENARIOS };

const RULES: readonly Rule[] = [
  {
    applies: (values) => on(values, "master") && on(values, "worker"),
    problem: "Cannot be --master and --worker at once: a process is one of them; start two",
  },
  {
    applies: (values) => given(values, "workers") && on(values, "worker"),
    problem: "Cannot use --workers with --worker: only a master starts workers; use --processes N for more threads",
  },
  {
    applies: (values) => on(values, "headless") && on(values, "web") && !on(values, "headful"),
    problem: "Cannot use --web with --headless: they are opposites; leave one out",
  },
  {
    applies: (values) => on(values, "csv-full-history") && !given(values, "csv"),
    problem: "Cannot use --csv-full-history: there is no CSV to write; add --csv PREFIX",
  },
  {
    applies: (values) => {
      const seconds = values.get("autoquit")?.value;
      return typeof seconds === "number" && seconds >= 0 && !on(values, "autostart");
    },
    problem: "Cannot use --autoquit: it is the time to exit after an --autostart; add --autostart",
  },
  {
    applies: (values) =>
      on(values, "once") && (on(values, "master") || on(values, "worker") || given(values, "workers")),
    problem:
      "Cannot use --once on several machines: it is for debugging in one terminal; leave out --master and --worker",
  },
  {
    applies: (values) => given(values, "stages") && given(values, "shape"),
    problem: "Cannot use --stages with --shape: both decide the load; leave one out",
  },
  ...["users", "spawn-rate", "stages", "shape"].map((name) => ({
    applies: (values: Values) => given(values, "rate") && decides(values, name),
    problem: `Cannot use --rate with --${name}: arrivals replace the number of users; leave one out`,
  })),
  {
    applies: (values) => given(values, "iterations") && given(values, "iterations-per-user"),
    problem:
      "Cannot use --iterations with --iterations-per-user: one is of all users together, one of each; leave one out",
  },
  {
    applies: (values) => given(values, "resume") && given(values, "iterations"),
    problem: "Cannot resume a run with --iterations: it is not known which of them had begun; start a new run",
  },
  {
    applies: (values) => given(values, "rate") && given(values, "iterations-per-user"),
    problem:
      "Cannot use --iterations-per-user with --rate: each arrival is one iteration, whichever user serves it; leave one out",
  },
  {
    applies: (values) => given(values, "resume") && given(values, "iterations-per-user"),
    problem:
      "Cannot resume a run with --iterations-per-user: it is not known which iterations its users had begun; start a new run",
  },
  ...["slo", "at-least", "step-time"].map((name) => ({
    applies: (values: Values) => given(values, name) && !on(values, "find-max"),
    problem: `Cannot use --${name}: it belongs to a capacity search; add --find-max`,
  })),
  {
    applies: (values) => on(values, "find-max") && !given(values, "slo"),
    lacks: "slo",
    problem: "Cannot use --find-max: no condition for the system is given; add --slo 'p99<300ms, failures<1%'",
  },
  ...["stages", "shape", "warm-up", "reset-stats", "once", "iterations", "iterations-per-user", "scenario"].map((
    name,
  ) => ({
    applies: (values: Values) => on(values, "find-max") && decides(values, name),
    problem:
      `Cannot use --find-max with --${name}: the search sets the load and the requests that count; leave one out`,
  })),
  {
    applies: (values) => on(values, "find-max") && String(values.get("rate")?.value ?? "").includes(":"),
    problem:
      "Cannot use --find-max with stages in --rate: the search makes its own stages; give the rate to begin with, as in 50/s",
  },
  {
    applies: (values) => {
      const isOpen = given(values, "rate");
      return on(values, "find-max") && isOpen && /user/.test(String(values.get("at-least")?.value ?? ""));
    },
    problem:
      "Cannot use --at-least with users beside --rate: with --rate it searches for arrivals; write a rate, as in 1500/s",
  },
  {
    applies: (values) => given(values, "web-token") && !on(values, "web-login") && !given(values, "web-password"),
    problem: "Cannot use --web-token: without a login everyone may use the web UI; add --web-login",
  },
  {
    applies: (values) => on(values, "once") && on(values, "web"),
    problem: "Cannot use --once with --web: it is for debugging in one terminal; leave one out",
  },
  {
    applies: (values) => given(values, "resume") && on(values, "web"),
    problem: "Cannot use --resume with --web: a run is resumed in the terminal; leave out --web",
  },
  {
    applies: (values) => on(values, "auto-resume") && !given(values, "journal"),
    problem: "Cannot use --auto-resume: no journal is named; add --journal FILE",
  },
  {
    applies: (values) => on(values, "auto-resume") && on(values, "web"),
    problem: "Cannot use --auto-resume with --web: a run is resumed in the terminal; leave out --web",
  },
  {
    applies: (values) => given(values, "master-token") && given(values, "master-token-file"),
    problem: "Cannot use --master-token with --master-token-file: there is one secret; leave one out",
  },
  ...["master-tls", "tls", "web-tls"].flatMap((prefix) => [
    missingPartner(`${prefix}-cert`, `${prefix}-key`),
    missingPartner(`${prefix}-key`, `${prefix}-cert`),
  ]),
];

function missingPartner(name: string, partner: string): Rule {
  return {
    applies: (values) => given(values, name) && !given(values, partner),
    problem: `Cannot use --${name}: it needs --${partner} FILE too; add it`,
  };
}

/** `misread`: options that were given and could not be read. */
export function findContradictions(values: Values, misread: ReadonlySet<string> = new Set()): readonly string[] {
  return RULES.filter(({ applies, lacks = "" }) => !misread.has(lacks) && applies(values)).map(({ problem }) =>
    problem
  );
}

/** Options that do nothing beside the others: legal, but worth a word. What depends on the mode alone is in the table. */
export function findPointless(values: Values): readonly string[] {
  const isBareMaster = on(values, "master") && !given(values, "workers");
  if (!isBareMaster || values.get("processes")?.origin.kind !== "typed") return [];
  return ["--processes has no effect here: a master runs no users; give it to the workers"];
}

/** Options of the locustfile that must be given and are not. */
export function findMissing(required: readonly OptionSpec[], values: Values): readonly string[] {
  return required.filter((spec) => values.get(spec.name) === undefined).map((spec) => {
    const byEnv = spec.env === undefined ? "" : ` or set ${spec.env}`;
    return `Cannot start: the locustfile requires ${flagOf(spec)}; add ${flagOf(spec)} ${
      spec.placeholder ?? "VALUE"
    }${byEnv}`;
  });
}
