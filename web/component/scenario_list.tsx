/** @jsxImportSource preact */
/**
 * The scenarios of a run: which is on, since when, with how many users; in the live page with what its requests do now
 * and did in all.
 */
import { describeScenarioTime } from "../../src/report/summary/describe_scenarios.ts";
import type { SummaryScenario } from "../../src/report/summary/load_summary.ts";
import type { ApiScenario } from "../../src/server/answers/api_snapshot.ts";
import { formatNumber } from "../view/format.ts";
import { describeScenarioState, type ScenarioColumn } from "../view/scenario_view.ts";

interface ScenarioListProps<Scenario extends SummaryScenario> {
  readonly scenarios: readonly Scenario[];
  /** Of a run that is over nobody runs, and nothing waits. */
  readonly run: "on" | "over";
  /** Beside state and users. */
  readonly columns?: readonly ScenarioColumn<Scenario>[];
}

export function ScenarioList<Scenario extends SummaryScenario = ApiScenario>(
  { scenarios, run, columns = [] }: ScenarioListProps<Scenario>,
) {
  return (
    <div class="scroll card scenarios" tabIndex={0} role="group" aria-label="Scenarios">
      <table aria-label="Scenarios">
        <thead>
          <tr>
            <th scope="col">Scenario</th>
            <th scope="col">{run === "over" ? "Load" : "State"}</th>
            {run === "on" && <th scope="col" class="number whole"># Users</th>}
            {columns.map(({ title, about }) => <th key={title} scope="col" class="number" title={about}>{title}</th>)}
          </tr>
        </thead>
        <tbody>
          {scenarios.map((scenario) => (
            <tr key={scenario.name}>
              <th scope="row" class="wrap">{scenario.name}</th>
              <td>{run === "over" ? describeScenarioTime(scenario) : describeScenarioState(scenario)}</td>
              {run === "on" && <td class="number">{usersOf(scenario)}</td>}
              {columns.map(({ title, text }) => <td key={title} class="number">{text(scenario)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Those that run, and of how many where more are wanted or fewer. */
function usersOf({ users, wantedUsers }: SummaryScenario): string {
  return wantedUsers > 0 && wantedUsers !== users
    ? `${formatNumber(users)} of ${formatNumber(wantedUsers)}`
    : formatNumber(users);
}
