/** @jsxImportSource preact */
/** The choice of scenarios in a start form: each may be left out of the next run. */
import type { StartModel } from "../model/start_model.ts";

export function ScenarioPicker({ model }: { readonly model: StartModel }) {
  const { form: { scenarios = [] }, chosenScenarios, problems } = model;
  const problem = problems.value["scenarios"];
  const isAll = chosenScenarios.value.size === scenarios.length;
  const choose = (names: readonly string[]) => chosenScenarios.value = new Set(names);
  const toggle = (name: string) => {
    const names = new Set(chosenScenarios.value);
    if (!names.delete(name)) names.add(name);
    choose([...names]);
  };
  return (
    <div class="picker">
      <div class="scroll card" tabIndex={0} role="group" aria-label="Scenarios to choose from">
        <table aria-label="Scenarios to run">
          <thead>
            <tr>
              <th scope="col" class="check-cell">
                <input
                  type="checkbox"
                  aria-label="All scenarios"
                  checked={isAll}
                  onChange={() => choose(isAll ? [] : scenarios.map(({ name }) => name))}
                />
              </th>
              <th scope="col">Scenario</th>
              <th scope="col">User classes</th>
            </tr>
          </thead>
          <tbody>
            {scenarios.map(({ name, userClasses }) => (
              <tr key={name}>
                <td class="check-cell">
                  <input
                    type="checkbox"
                    aria-label={name}
                    checked={chosenScenarios.value.has(name)}
                    onChange={() => toggle(name)}
                  />
                </td>
                <th scope="row" class="wrap">{name}</th>
                <td class="wrap muted">{userClasses.join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
    </div>
  );
}
