/** @jsxImportSource preact */
/**
 * The settings of one user class from the next start on: its tasks, weight, fixed count and host, and what its `json()`
 * has beside them. A refusal stays in the dialog.
 */
import { useSignal } from "@preact/signals";
import type { ApiClassEdit, ApiUserClass } from "../../src/server/answers/api_types.ts";
import { RequestFailed } from "../source/api_client.ts";
import { type ClassFields, readClassFields, toClassFields } from "../view/class_fields.ts";
import { Field } from "./field.tsx";
import { Modal } from "./modal.tsx";

interface ClassSettingsProps {
  readonly userClass: ApiUserClass;
  /** All tasks that the class has ever had: one that was left out can come back. */
  readonly tasks: readonly string[];
  readonly onSave: (edit: ApiClassEdit) => Promise<void>;
  readonly onClose: () => void;
}

export function ClassSettings({ userClass, tasks, onSave, onClose }: ClassSettingsProps) {
  const fields = useSignal<ClassFields>(toClassFields(userClass));
  const problems = useSignal<Readonly<Record<string, string>>>({});
  const change = (part: Partial<ClassFields>) => fields.value = { ...fields.value, ...part };
  const submit = async (event: Event) => {
    event.preventDefault();
    event.stopPropagation(); // the form of the test is around it
    const read = readClassFields(fields.value, userClass);
    problems.value = read.problems;
    if (read.edit === undefined) return;
    try {
      if (Object.keys(read.edit).length > 0) await onSave(read.edit);
      onClose();
    } catch (error) {
      const field = error instanceof RequestFailed ? error.field ?? "form" : "form";
      problems.value = { [field]: error instanceof Error ? error.message : String(error) };
    }
  };
  const toggle = (task: string) => {
    const chosen = new Set(fields.value.tasks);
    if (!chosen.delete(task)) chosen.add(task);
    change({ tasks: tasks.filter((each) => chosen.has(each)) });
  };
  return (
    <Modal title={`${userClass.name} settings`} onClose={onClose}>
      <form class="edit" aria-label={`Settings of ${userClass.name}`} noValidate onSubmit={submit}>
        <fieldset class="field choices">
          <legend>Tasks</legend>
          {tasks.map((task) => (
            <label key={task} class="check-field">
              <input type="checkbox" checked={fields.value.tasks.includes(task)} onChange={() => toggle(task)} />
              {task}
            </label>
          ))}
        </fieldset>
        {problems.value["tasks"] !== undefined && <p class="problem" role="alert">{problems.value["tasks"]}</p>}
        <div class="field-pair">
          <Field
            label="Weight"
            name="class-weight"
            inputMode="decimal"
            hasFocus
            hint="Its share of the users, beside the weights of the other classes"
            value={fields.value.weight}
            problem={problems.value["weight"]}
            onInput={(weight) => change({ weight })}
          />
          <Field
            label="Fixed count"
            name="class-count"
            inputMode="numeric"
            hint="Exactly this number of users, with any weight; 0: by weight"
            value={fields.value.fixedCount}
            problem={problems.value["fixedCount"]}
            onInput={(fixedCount) => change({ fixedCount })}
          />
        </div>
        <Field
          label="Host of this class"
          name="class-host"
          inputMode="url"
          placeholder="as in the form"
          value={fields.value.host}
          problem={problems.value["host"]}
          onInput={(host) => change({ host })}
        />
        <OtherFields
          fields={fields.value.others}
          problems={problems.value}
          onChange={(name, value) => change({ others: { ...fields.value.others, [name]: value } })}
        />
        {problems.value["form"] !== undefined && <p class="problem-box" role="alert">{problems.value["form"]}</p>}
        <div class="modal-actions">
          <button type="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="primary">Save</button>
        </div>
      </form>
    </Modal>
  );
}

interface OtherFieldsProps {
  readonly fields: ClassFields["others"];
  readonly problems: Readonly<Record<string, string>>;
  readonly onChange: (name: string, value: string | boolean) => void;
}

function OtherFields({ fields, problems, onChange }: OtherFieldsProps) {
  const names = Object.keys(fields);
  if (names.length === 0) return null;
  return (
    <div class="field-pair">
      {names.map((name) => {
        const value = fields[name] ?? "";
        return typeof value === "string"
          ? (
            <Field
              key={name}
              label={name}
              name={`class-${name}`}
              value={value}
              problem={problems[name]}
              onInput={(text) => onChange(name, text)}
            />
          )
          : (
            <label key={name} class="check-field">
              <input type="checkbox" checked={value} onChange={() => onChange(name, !value)} />
              {name}
            </label>
          );
      })}
    </div>
  );
}
