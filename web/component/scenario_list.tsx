/** @jsxImportSource preact */
/** The scenarios of a run: which is on, since when, and with how many users. */
import type { SummaryScenario } from "../../src/report/summary/summary.ts";
import { formatNumber } from "../view/format.ts";
import { describeScenarioState } from "../view/scenario_view.ts";

export function ScenarioList({ scenarios }: { readonly scenarios: readonly SummaryScenario[] }) {
  return (
    <div class="scroll card scenarios" tabIndex={0} role="group" aria-label="Scenarios">
      <table aria-label="Scenarios">
        <thead>
          <tr>
            <th scope="col">Scenario</th>
            <th scope="col">State</th>
            <th scope="col" class="number whole"># Users</th>
          </tr>
        </thead>
        <tbody>
          {scenarios.map((scenario) => (
            <tr key={scenario.name}>
              <th scope="row" class="wrap">{scenario.name}</th>
              <td>{describeScenarioState(scenario)}</td>
              <td class="number">{usersOf(scenario)}</td>
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
