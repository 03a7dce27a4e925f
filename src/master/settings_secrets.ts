/**
 * Keeps secrets out of the journal, and brings them back from the command line when a run is resumed. Secrets are options that are
 * marked as secret, and the user and password in the URL of the host. Pure.
 */
import { UsageError } from "../base/errors.ts";
import { MASK, maskUrlSecrets } from "../base/secrets.ts";
import type { RunSettings } from "./run_settings.ts";

/** The settings as the journal holds them. */
export function maskSettings(settings: RunSettings): RunSettings {
  const { plan, secretOptions = [] } = settings;
  const options = mapOptions(plan.options, (name, value) => {
    if (secretOptions.includes(name)) return value === null ? null : MASK;
    return typeof value === "string" ? maskUrlSecrets(value) : value;
  });
  return {
    ...settings,
    plan: { ...plan, options, ...(plan.host === undefined ? {} : { host: maskUrlSecrets(plan.host) }) },
  };
}

/** The whole value, the user and password of a URL, or a parameter of its query. */
const MASKED_PARTS = [`//${MASK}@`, `=${MASK}`];

const isMasked = (value: unknown) =>
  typeof value === "string" && (value === MASK || MASKED_PARTS.some((part) => value.includes(part)));

/** The values of now: of a resumed run, and of the command line that resumes it. */
export interface CurrentSecrets {
  readonly host: string | undefined;
  readonly options: RunSettings["plan"]["options"];
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
  }
  if (problems.length > 0) throw new UsageError(problems);
  const host = isHostMasked ? current.host : plan.host;
  return { ...settings, plan: { ...plan, options, ...(host === undefined ? {} : { host }) } };
}

type Options = RunSettings["plan"]["options"];

function mapOptions(options: Options, change: (name: string, value: Options[string]) => Options[string]): Options {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, change(name, value)]));
}
