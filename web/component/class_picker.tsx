/** @jsxImportSource preact */
/** The choice of user classes and of a shape, with `--class-picker`. */
import type { StartModel } from "../model/start_model.ts";
import { NO_SHAPE } from "../view/start_plan.ts";

export function ClassPicker({ model }: { readonly model: StartModel }) {
  const { form, classes, fields, problems } = model;
  const isAll = classes.value.size === form.userClasses.length;
  const toggle = (name: string) => {
    const chosen = new Set(classes.value);
    if (!chosen.delete(name)) chosen.add(name);
    classes.value = chosen;
  };
  const toggleAll = () => classes.value = new Set(isAll ? [] : form.userClasses.map(({ name }) => name));
  const problem = problems.value["userClasses"];
  return (
    <div class="picker">
      <div class="scroll card" tabIndex={0} role="group" aria-label="User classes to choose from">
        <table aria-label="User classes">
          <thead>
            <tr>
              <th scope="col" class="check-cell">
                <input type="checkbox" aria-label="All user classes" checked={isAll} onChange={toggleAll} />
              </th>
              <th scope="col">User class</th>
              <th scope="col">Host</th>
              <th scope="col" class="number">Weight</th>
            </tr>
          </thead>
          <tbody>
            {form.userClasses.map(({ name, host, weight, fixedCount }) => (
              <tr key={name}>
                <td class="check-cell">
                  <input
                    type="checkbox"
                    aria-label={name}
                    checked={classes.value.has(name)}
                    onChange={() => toggle(name)}
                  />
                </td>
                <th scope="row" class="wrap">{name}</th>
                <td class="wrap muted">{host ?? "from the form"}</td>
                <td class="number">{fixedCount > 0 ? `${fixedCount} fixed` : weight}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {form.shapes.length > 0 && (
        <div class="field">
          <label for="shape">Shape Class</label>
          <select
            id="shape"
            value={fields.value.shape}
            onChange={(event) => model.change("shape", event.currentTarget.value)}
          >
            {[NO_SHAPE, ...form.shapes.filter((name) => name !== NO_SHAPE)].map((name) => (
              <option key={name} value={name}>{name}</option>
            ))}
          </select>
        </div>
      )}
    </div>
  );
}
