/** @jsxImportSource preact */
/** The form that changes a run in progress. A refusal stays in the form, with what was typed. */
import { useSignal } from "@preact/signals";
import type { AppState } from "../model/app_state.ts";
import { RequestFailed } from "../source/api_client.ts";
import { checkFields, formatSpan, NO_SHAPE } from "../view/start_plan.ts";
import { Field } from "./field.tsx";

interface EditFormProps {
  readonly app: AppState;
  readonly onClose: () => void;
}

export function EditForm({ app, onClose }: EditFormProps) {
  const plan = app.live.run.value?.plan ?? null;
  const users = useSignal(String(plan?.users ?? app.live.run.value?.targetUsers ?? ""));
  const spawnRate = useSignal(String(plan?.spawnRate ?? 1));
  const rate = useSignal(plan?.rate);
  const runTime = useSignal(plan?.runTimeSeconds == null ? "" : formatSpan(plan.runTimeSeconds));
  const host = useSignal(plan?.host ?? "");
  const problems = useSignal<Readonly<Record<string, string>>>({});
  const submit = async (event: Event) => {
    event.preventDefault();
    const fields = { users: users.value, spawnRate: spawnRate.value, rate: rate.value, runTime: runTime.value };
    const checked = checkFields({ ...fields, host: host.value, profile: "", shape: NO_SHAPE });
    problems.value = checked.problems;
    if (checked.plan === undefined) return;
    const { users: wanted, spawnRate: perSecond, rate: arrivals, runTimeSeconds } = checked.plan;
    const isSameTime = runTimeSeconds === (plan?.runTimeSeconds ?? null);
    try {
      const request = {
        ...(arrivals === undefined ? { users: wanted, spawnRate: perSecond } : {}),
        ...(arrivals === undefined || arrivals === plan?.rate ? {} : { rate: arrivals }),
        ...(isSameTime ? {} : { runTime: runTimeSeconds }),
        ...(host.value.trim() === (plan?.host ?? "") ? {} : { host: host.value.trim() }),
      };
      if (Object.keys(request).length > 0) app.live.noteRun(await app.api.edit(request));
      onClose();
    } catch (error) {
      const field = error instanceof RequestFailed ? error.field ?? "form" : "form";
      problems.value = { [field]: error instanceof Error ? error.message : String(error) };
    }
  };
  return (
    <form class="edit" noValidate onSubmit={submit}>
      {rate.value === undefined
        ? (
          <>
            <Field
              label="Number of users (peak concurrency)"
              name="edit-users"
              inputMode="numeric"
              hasFocus
              value={users.value}
              problem={problems.value["users"]}
              onInput={(value) => users.value = value}
            />
            <Field
              label="Ramp up (users started/second)"
              name="edit-rate"
              inputMode="decimal"
              value={spawnRate.value}
              problem={problems.value["spawnRate"]}
              onInput={(value) => spawnRate.value = value}
            />
          </>
        )
        : (
          <Field
            label="Arrival rate of the whole test"
            name="edit-arrivals"
            hint="50/s, 10/m, or stages from now on: 1m:50/s, 5m:200/s"
            hasFocus
            value={rate.value}
            problem={problems.value["rate"]}
            onInput={(value) => rate.value = value}
          />
        )}
      <Field
        label="Run time"
        name="edit-run-time"
        placeholder="until stopped"
        hint="Counted from the start of the run; empty: no limit"
        value={runTime.value}
        problem={problems.value["runTime"]}
        onInput={(value) => runTime.value = value}
      />
      <Field
        label="Host"
        name="edit-host"
        inputMode="url"
        hint="Users take it with their next request"
        value={host.value}
        problem={problems.value["host"]}
        onInput={(value) => host.value = value}
      />
      {problems.value["form"] !== undefined && <p class="problem-box" role="alert">{problems.value["form"]}</p>}
      <div class="modal-actions">
        <button type="button" onClick={onClose}>Cancel</button>
        <button type="submit" class="primary">Update</button>
      </div>
    </form>
  );
}
