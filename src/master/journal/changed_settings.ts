/** The settings of a run as its events have changed them: a run that is resumed takes the last ones. Pure. */
import { parseArrivalRate } from "../../load/arrivals/arrival_rate.ts";
import { changeArrivals } from "../arrivals/plan_arrivals.ts";
import type { RunSettings } from "../run_settings.ts";
import type { JournalLine } from "./journal_line.ts";

/** Settings after a line of the journal; the same where it changes none. */
export function withChange(settings: RunSettings, line: JournalLine): RunSettings {
  const { plan, load } = settings;
  switch (line.kind) {
    case "rampStarted": {
      const { users, spawnRate } = line;
      return load.kind === "users" ? { ...settings, load: { kind: "users", users, spawnRate } } : settings;
    }
    case "rateChanged": {
      const which = line.of ?? "arrivals";
      const streams = settings[which];
      if (streams === undefined) return settings;
      const { curve } = parseArrivalRate(line.rate);
      return { ...settings, [which]: changeArrivals(streams, curve, line.elapsedMs) };
    }
    case "hostChanged": {
      const { host: _before, ...others } = plan;
      return { ...settings, plan: line.host === null ? others : { ...others, host: line.host } };
    }
    case "optionsChanged":
      return { ...settings, plan: { ...plan, options: { ...plan.options, ...line.options } } };
    default:
      return settings;
  }
}
