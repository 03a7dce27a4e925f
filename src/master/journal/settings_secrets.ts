/**
 * Keeps secrets out of the journal, and brings them back from the command line when a run is resumed. Secrets are
 * options that are marked as secret, and the users, passwords and tokens of URLs: the host's, those in
 * `--config-users`, a locustfile's. Pure.
 */
import { UsageError } from "../../base/errors.ts";
import { MASK, maskUrlSecrets, maskUrlsWithin } from "../../base/secrets.ts";
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import type { RunSettings } from "../run_settings.ts";

/** The settings as the journal holds them. */
export function maskSettings(settings: RunSettings): RunSettings {
  const { secretOptions = [], ...rest } = settings;
  const masked = maskUrlsWithin(rest);
  const hide = (options: Options) => maskOptions(options, secretOptions);
  const scenarios = masked.plan.scenarios?.map((each) => ({ ...each, options: hide(each.options) }));
  const plan = { ...masked.plan, options: hide(masked.plan.options) };
  return withScenarios(
    { ...masked, ...(settings.secretOptions === undefined ? {} : { secretOptions }), plan },
    scenarios,
  );
}

/** Options as the journal, and all who watch a run, may know them. */
export function maskOptions(options: Options, secretOptions: readonly string[] = []): Options {
  return mapOptions(
    maskUrlsWithin(options),
    (name, value) => secretOptions.includes(name) && value !== null ? MASK : value,
  );
}

/** The whole value, the user and password of a URL, or a parameter of its query. */
const MASKED_PARTS = [`//${MASK}@`, `=${MASK}`];

/** Whether a value, or a text within it, is masked. */
export function isMasked(value: unknown): boolean {
  if (typeof value === "string") return value === MASK || MASKED_PARTS.some((part) => value.includes(part));
  return typeof value === "object" && value !== null && Object.values(value).some(isMasked);
}

/** The values of now: of a resumed run, and of the command line that resumes it. */
export interface CurrentSecrets {
  readonly host: string | undefined;
  readonly options: RunSettings["plan"]["options"];
  readonly classSettings: RunSettings["plan"]["classSettings"];
  /** Those of the locustfile. */
  readonly scenarios?: readonly ScenarioPlan[] | undefined;
}

/**
 * The settings of a journal with the secrets of the command line.
 * @throws {UsageError} when one of them is not given again
 */
export function unmaskSettings(settings: RunSettings, current: CurrentSecrets): RunSettings {
  const { plan } = settings;
  const problems: string[] = [];
  const options = mapOptions(plan.options, (name, value) => {
    if (!isMasked(value)) return value;
    const given = current.options[name] ?? null;
    if (given === null && name !== "host") {
      problems.push(
        `Cannot resume the run: its option "${name}" is a secret, which the journal does not hold; give it again`,
      );
    }
    return given;
  });
  const isHostMasked = isMasked(plan.host);
  if (isHostMasked && current.host === undefined) {
    problems.push(
      `Cannot resume the run: the journal does not hold the password of its host "${plan.host}"; give it again with -H`,
    );
  } else if (isHostMasked && maskUrlSecrets(current.host ?? "") !== plan.host) {
    problems.push(
      `Cannot resume the run: its host is "${plan.host}" by now, and the journal does not hold the password; ` +
        "give this host with -H",
    );
  }
  const areClassesMasked = isMasked(plan.classSettings);
  if (areClassesMasked && current.classSettings.length === 0) {
    problems.push(
      "Cannot resume the run: --config-users holds the password of a URL, which the journal does not hold; give it again",
    );
  }
  const scenarios = plan.scenarios?.map((each) =>
    isMasked(each) ? current.scenarios?.find(({ name }) => name === each.name) ?? each : each
  );
  const lost = scenarios?.find(isMasked);
  if (lost !== undefined) {
    problems.push(
      `Cannot resume the run: the journal does not hold the secrets of its scenario "${lost.name}", which the locustfile does ` +
        "not have any more; give the one that it was started with",
    );
  }
  if (problems.length > 0) throw new UsageError(problems);
  const host = isHostMasked ? current.host : plan.host;
  const classSettings = areClassesMasked ? current.classSettings : plan.classSettings;
  const unmasked = { ...plan, options, classSettings, ...(host === undefined ? {} : { host }) };
  return withScenarios({ ...settings, plan: unmasked }, scenarios);
}

/** Workers and master read the same scenarios, each in its place. */
function withScenarios(settings: RunSettings, scenarios: readonly ScenarioPlan[] | undefined): RunSettings {
  if (scenarios === undefined) return settings;
  return { ...settings, plan: { ...settings.plan, scenarios }, load: { kind: "scenarios", scenarios } };
}

type Options = RunSettings["plan"]["options"];

function mapOptions(options: Options, change: (name: string, value: Options[string]) => Options[string]): Options {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, change(name, value)]));
}
