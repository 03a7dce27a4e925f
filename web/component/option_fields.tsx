/** @jsxImportSource preact */
/** Controls for the options that a locustfile declares, by their kind. */
import type { ApiFormOption } from "../../src/server/answers/api_types.ts";
import type { OptionModel } from "../model/option_model.ts";
import { Field } from "./field.tsx";

interface OptionFieldsProps {
  readonly options: readonly ApiFormOption[];
  readonly model: OptionModel;
}

export function OptionFields({ options, model }: OptionFieldsProps) {
  return (
    <details class="advanced" open>
      <summary>Custom parameters</summary>
      <div role="group" aria-label="Custom parameters" class="field-pair">
        {options.map((option) => <OptionField key={option.name} option={option} model={model} />)}
      </div>
    </details>
  );
}

interface OptionProps {
  readonly option: ApiFormOption;
  readonly model: OptionModel;
}

function OptionField({ option, model }: OptionProps) {
  const { name, label, help, kind, choices, isSecret, isRequired } = option;
  const value = model.options.value[name] ?? "";
  const id = `option-${name}`;
  if (kind === "boolean") {
    return (
      <label class="check-field">
        <input
          type="checkbox"
          checked={value === true}
          onChange={(event) => model.changeOption(name, event.currentTarget.checked)}
        />
        <span>
          {label}
          {help !== "" && <span class="hint">{help}</span>}
        </span>
      </label>
    );
  }
  if (kind === "choice") {
    return (
      <div class="field">
        <label for={id}>{label}</label>
        <select id={id} value={String(value)} onChange={(event) => model.changeOption(name, event.currentTarget.value)}>
          {choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
        </select>
        {help !== "" && <p class="hint">{help}</p>}
      </div>
    );
  }
  if (kind === "choices") return <ManyChoices option={option} model={model} />;
  return (
    <Field
      label={label}
      name={id}
      type={isSecret ? "password" : "text"}
      inputMode={kind === "number" ? "decimal" : "text"}
      value={String(value)}
      isRequired={isRequired}
      problem={model.problems.value[name]}
      hint={kind === "list" ? hintOfList(help) : help}
      {...(isSecret ? { placeholder: "unchanged" } : {})}
      onInput={(text) => model.changeOption(name, text)}
    />
  );
}

function hintOfList(help: string): string {
  const ends = help === "" || /[.!?:]$/.test(help) ? help : `${help}.`;
  return `${ends} Several values: with commas.`.trim();
}

function ManyChoices({ option: { name, label, choices, help }, model }: OptionProps) {
  const value = model.options.value[name];
  const chosen = typeof value === "object" ? value : [];
  const toggle = (choice: string) =>
    model.changeOption(name, chosen.includes(choice) ? chosen.filter((each) => each !== choice) : [...chosen, choice]);
  return (
    <fieldset class="field choices">
      <legend>{label}</legend>
      {choices.map((choice) => (
        <label key={choice} class="check-field">
          <input type="checkbox" checked={chosen.includes(choice)} onChange={() => toggle(choice)} />
          {choice}
        </label>
      ))}
      {help !== "" && <p class="hint">{help}</p>}
    </fieldset>
  );
}
