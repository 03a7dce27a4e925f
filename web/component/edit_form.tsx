/** @jsxImportSource preact */
/** The form that changes a run in progress. A refusal stays in the form, with what was typed. */
import { useSignal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { ApiFormOption } from "../../src/server/answers/api_types.ts";
import type { AppState } from "../model/app_state.ts";
import { checkOptions, optionFields, readChangedOptions } from "../model/option_model.ts";
import { RequestFailed } from "../source/api_client.ts";
import { checkEdit, type EditFields, fieldsOfRun, fieldsOfScenarios } from "../view/edit_plan.ts";
import { hostsOf } from "../view/start_plan.ts";
import { Field } from "./field.tsx";
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
  const problems = useSignal<Readonly<Record<string, string>>>({});
  const offered = app.form.value?.options ?? NO_OPTIONS; // asked for anew when the dialog opens: others may have edited, too
  const options = useMemo(() => optionFields(offered), [offered]);
  const { users, spawnRate, rate, targetRate, runTime, host } = fields.value;
  const change = (name: keyof EditFields) => (value: string) => fields.value = { ...fields.value, [name]: value };
  const submit = async (event: Event) => {
    event.preventDefault();
    const checked = checkEdit(fields.value, before, hostsOf(app.form.value));
    problems.value = { ...checkOptions(offered, options.value), ...checked.problems };
    if (checked.request === undefined || Object.keys(problems.value).length > 0) return;
    const changed = readChangedOptions(offered, options.value);
    const request = { ...checked.request, ...(changed === undefined ? {} : { options: changed }) };
    try {
      if (Object.keys(request).length > 0) app.live.noteRun(await app.api.edit(request));
      onClose();
    } catch (error) {
      const named = error instanceof RequestFailed ? error.field ?? "form" : "form";
      const field = named === "options" ? "form" : named;
      problems.value = { [field]: error instanceof Error ? error.message : String(error) };
    }
  };
  return (
    <form class="edit" noValidate onSubmit={submit}>
      {hasScenarios && <p class="muted">Each scenario keeps its own load.</p>}
      {users !== undefined && (
        <Field
          label="Number of users (peak concurrency)"
          name="edit-users"
          inputMode="numeric"
          hasFocus
          value={users}
          problem={problems.value["users"]}
          onInput={change("users")}
        />
      )}
      {spawnRate !== undefined && (
        <Field
          label="Ramp up (users started/second)"
          name="edit-rate"
          inputMode="decimal"
          value={spawnRate}
          problem={problems.value["spawnRate"]}
          onInput={change("spawnRate")}
        />
      )}
      {rate !== undefined && (
        <Field
          label={users === undefined ? "Arrival rate of the whole test" : "Arrival rate of all classes that have one"}
          name="edit-arrivals"
          placeholder={RATES_OF_THEIR_OWN}
          hint="50/s, 10/m, or stages from now on: 1m:50/s, 5m:200/s"
          hasFocus={users === undefined}
          value={rate}
          problem={problems.value["rate"]}
          onInput={change("rate")}
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
          onInput={change("targetRate")}
        />
      )}
      <Field
        label="Run time"
        name="edit-run-time"
        hasFocus={hasScenarios}
        placeholder="until stopped"
        hint="Counted from the start of the run; empty: no limit"
        value={runTime}
        problem={problems.value["runTime"]}
        onInput={change("runTime")}
      />
      <Field
        label="Host"
        name="edit-host"
        inputMode="url"
        hint="Users take it with their next request"
        value={host}
        problem={problems.value["host"]}
        onInput={change("host")}
      />
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
