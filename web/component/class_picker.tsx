/** @jsxImportSource preact */
/** The choice of user classes and of a shape, with `--class-picker`; a button in each class opens its settings. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { ApiClassEdit, ApiUserClass } from "../../src/server/answers/api_types.ts";
import type { StartModel } from "../model/start_model.ts";
import { NO_SHAPE, STAGES } from "../view/start_plan.ts";
import { ClassSettings } from "./class_settings.tsx";

export type EditClass = (name: string, edit: ApiClassEdit) => Promise<ApiUserClass>;

interface ClassPickerProps {
  readonly model: StartModel;
  readonly onEditClass: EditClass;
}

export function ClassPicker({ model, onEditClass }: ClassPickerProps) {
  const { chosen, userClasses, problems } = model;
  const opened = useSignal<ApiUserClass | undefined>(undefined);
  const firstTasks = useRef(new Map(userClasses.value.map(({ name, tasks }) => [name, tasks])));
  const isAll = chosen.value.size === userClasses.value.length;
  const toggle = (name: string) => {
    const names = new Set(chosen.value);
    if (!names.delete(name)) names.add(name);
    chosen.value = names;
  };
  const toggleAll = () => chosen.value = new Set(isAll ? [] : userClasses.value.map(({ name }) => name));
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
              <th scope="col" class="extra">Host</th>
              <th scope="col" class="number">Weight</th>
              <th scope="col" class="gear-cell">
                <span class="hidden">Settings</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {userClasses.value.map((each) => (
              <ClassRow
                key={each.name}
                userClass={each}
                isChosen={chosen.value.has(each.name)}
                onToggle={() => toggle(each.name)}
                onOpen={() => opened.value = each}
              />
            ))}
          </tbody>
        </table>
      </div>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {opened.value !== undefined && (
        <ClassSettings
          userClass={opened.value}
          tasks={firstTasks.current.get(opened.value.name) ?? opened.value.tasks}
          onSave={async (edit) => {
            if (opened.value !== undefined) model.noteClass(await onEditClass(opened.value.name, edit));
          }}
          onClose={() => opened.value = undefined}
        />
      )}
    </div>
  );
}

interface ClassRowProps {
  readonly userClass: ApiUserClass;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
  readonly onOpen: () => void;
}

function ClassRow({ userClass: { name, host, weight, fixedCount }, isChosen, onToggle, onOpen }: ClassRowProps) {
  return (
    <tr>
      <td class="check-cell">
        <input type="checkbox" aria-label={name} checked={isChosen} onChange={onToggle} />
      </td>
      <th scope="row" class="wrap">{name}</th>
      <td class="wrap muted extra">{host ?? "as below"}</td>
      <td class="number">{fixedCount > 0 ? `${fixedCount} fixed` : weight}</td>
      <td class="gear-cell">
        <button
          type="button"
          class="icon"
          aria-label={`Settings of ${name}`}
          title="Tasks, weight, fixed count, host, and what json() of the class has"
          onClick={onOpen}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7" fill="none" stroke="currentColor" stroke-width="1.5" />
            <circle cx="10.5" cy="4.5" r="1.75" fill="none" stroke="currentColor" stroke-width="1.5" />
            <circle cx="5.5" cy="11.5" r="1.75" fill="none" stroke="currentColor" stroke-width="1.5" />
          </svg>
        </button>
      </td>
    </tr>
  );
}

export function ShapeField({ model: { form, fields, change } }: { readonly model: StartModel }) {
  const stages = form.stages === null ? [] : [STAGES];
  return (
    <div class="field">
      <label for="shape">Shape Class</label>
      <select id="shape" value={fields.value.shape} onChange={(event) => change("shape", event.currentTarget.value)}>
        {[NO_SHAPE, ...form.shapes.filter((name) => name !== NO_SHAPE), ...stages].map((name) => (
          <option key={name} value={name}>{name === STAGES ? `${STAGES} ${form.stages}` : name}</option>
        ))}
      </select>
    </div>
  );
}
