/** @jsxImportSource preact */
/** The form that changes a run in progress. A refusal stays in the form, with what was typed. */
import { type Signal, useSignal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { ApiFormOption } from "../../src/server/answers/api_types.ts";
import type { AppState } from "../model/app_state.ts";
import type { Problems } from "../model/form_problems.ts";
import { checkOptions, findOptionIn, optionFields, readChangedOptions } from "../model/option_model.ts";
import { RequestFailed } from "../source/api_client.ts";
import { checkEdit, type EditFields, fieldsOfRun, fieldsOfScenarios } from "../view/edit_plan.ts";
import { hostsOf } from "../view/start_plan.ts";
import { Field, focusFirstProblem } from "./field.tsx";
import { OptionFields } from "./option_fields.tsx";

/** Of several classes, in stages. */
const RATES_OF_THEIR_OWN = "as it is: each class has its own";

const NO_OPTIONS: readonly ApiFormOption[] = [];

interface EditFormProps {
  readonly app: AppState;
  readonly onClose: () => void;
}

export function EditForm({ app, onClose }: EditFormProps) {
  const run = app.live.run.value;
  const hasScenarios = app.live.scenarios.value !== undefined;
  const read = () =>
    hasScenarios ? fieldsOfScenarios(run?.plan ?? null) : fieldsOfRun(run?.plan ?? null, run?.targetUsers ?? 0);
  const [before] = useState(read); // what others change meanwhile is not undone
  const fields = useSignal(before);
  const problems = useSignal<Problems>({});
  const offered = app.form.value?.options ?? NO_OPTIONS; // asked for anew when the dialog opens: others may have edited, too
  const options = useMemo(() => optionFields(offered), [offered]);
  const submit = async (event: Event) => {
    event.preventDefault();
    const { currentTarget } = event; // none any more after the answer
    const checked = checkEdit(fields.value, before, hostsOf(app.form.value));
    problems.value = { ...checkOptions(offered, options.value), ...checked.problems };
    if (checked.request === undefined || Object.keys(problems.value).length > 0) {
      return focusFirstProblem(currentTarget);
    }
    const changed = readChangedOptions(offered, options.value);
    const request = { ...checked.request, ...(changed === undefined ? {} : { options: changed }) };
    try {
      if (Object.keys(request).length > 0) app.live.noteRun(await app.api.edit(request));
      onClose();
    } catch (error) {
      problems.value = toProblem(error, offered);
      focusFirstProblem(currentTarget);
    }
  };
  return (
    <form class="edit" noValidate onSubmit={submit}>
      {hasScenarios && <p class="muted">Each scenario keeps its own load.</p>}
      <UserFields fields={fields} problems={problems} />
      <RateFields fields={fields} problems={problems} />
      <CommonFields fields={fields} problems={problems} hasFocus={hasScenarios} />
      {offered.length > 0 && (
        <>
          <OptionFields
            options={offered}
            model={{
              options,
              problems,
              changeOption: (name, value) => options.value = { ...options.value, [name]: value },
            }}
          />
          <p class="hint">Users find changed parameters when they read them next.</p>
        </>
      )}
      {problems.value["form"] !== undefined && <p class="problem-box" role="alert">{problems.value["form"]}</p>}
      <div class="modal-actions">
        <button type="button" onClick={onClose}>Cancel</button>
        <button type="submit" class="primary">Update</button>
      </div>
    </form>
  );
}

/** What the server has refused, at its field; `form`: it belongs to none. */
function toProblem(error: unknown, offered: readonly ApiFormOption[]): Problems {
  const named = error instanceof RequestFailed ? error.field ?? "form" : "form";
  const text = error instanceof Error ? error.message : String(error);
  const field = named === "options" ? findOptionIn(text, offered) ?? "form" : named;
  return { [field]: text };
}

interface FieldsProps {
  readonly fields: Signal<EditFields>;
  readonly problems: Signal<Problems>;
}

function changes(fields: Signal<EditFields>, name: keyof EditFields): (value: string) => void {
  return (value) => fields.value = { ...fields.value, [name]: value };
}

function UserFields({ fields, problems }: FieldsProps) {
  const { users, spawnRate } = fields.value;
  return (
    <>
      {users !== undefined && (
        <Field
          label="Number of users (peak concurrency)"
          name="edit-users"
          inputMode="numeric"
          hasFocus
          value={users}
          problem={problems.value["users"]}
          onInput={changes(fields, "users")}
        />
      )}
      {spawnRate !== undefined && (
        <Field
          label="Ramp up (users started/second)"
          name="edit-rate"
          inputMode="decimal"
          value={spawnRate}
          problem={problems.value["spawnRate"]}
          onInput={changes(fields, "spawnRate")}
        />
      )}
    </>
  );
}

function RateFields({ fields, problems }: FieldsProps) {
  const { users, rate, targetRate } = fields.value;
  return (
    <>
      {rate !== undefined && (
        <Field
          label={users === undefined ? "Arrival rate of the whole test" : "Arrival rate of all classes that have one"}
          name="edit-arrivals"
          placeholder={RATES_OF_THEIR_OWN}
          hint="50/s, 10/m, or stages from now on: 1m:50/s, 5m:200/s"
          hasFocus={users === undefined}
          value={rate}
          problem={problems.value["rate"]}
          onInput={changes(fields, "rate")}
        />
      )}
      {targetRate !== undefined && (
        <Field
          label="Target rate of all classes that have one"
          name="edit-target-rate"
          placeholder={RATES_OF_THEIR_OWN}
          hint="Tasks that their users start together: 50/s, 10/m, or stages from now on"
          value={targetRate}
          problem={problems.value["targetRate"]}
          onInput={changes(fields, "targetRate")}
        />
      )}
    </>
  );
}

/** Of any run. */
function CommonFields({ fields, problems, hasFocus }: FieldsProps & { readonly hasFocus: boolean }) {
  const { runTime, host } = fields.value;
  return (
    <>
      <Field
        label="Run time"
        name="edit-run-time"
        hasFocus={hasFocus}
        placeholder="until stopped"
        hint="Counted from the start of the run; empty: no limit"
        value={runTime}
        problem={problems.value["runTime"]}
        onInput={changes(fields, "runTime")}
      />
      <Field
        label="Host"
        name="edit-host"
        inputMode="url"
        hint="Users take it with their next request"
        value={host}
        problem={problems.value["host"]}
        onInput={changes(fields, "host")}
      />
    </>
  );
}
