/** @jsxImportSource preact */
/** The start form: what to ask of the system, what will happen, and the same as a command line. */
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { pickScenarios } from "../../src/load/scenarios/pick_scenarios.ts";
import type { ApiForm, ApiHostCheck, ApiStartRequest } from "../../src/server/answers/api_types.ts";
import { createStartModel, type StartModel } from "../model/start_model.ts";
import { copyText } from "../source/download.ts";
import { describePlan } from "../view/plan_sentence.ts";
import { type CheckedFields, hasOwnEnd, NO_SHAPE, SCENARIOS, STAGES } from "../view/start_plan.ts";
import { ClassPicker, type EditClass, ShapeField } from "./class_picker.tsx";
import { Field, focusFirstProblem } from "./field.tsx";
import { HostField } from "./host_field.tsx";
import { LoadFields } from "./load_fields.tsx";
import { OptionFields } from "./option_fields.tsx";
import { RampPreview } from "./ramp_preview.tsx";
import { ScenarioPicker } from "./scenario_picker.tsx";
import { ScenarioPreview } from "./scenario_preview.tsx";

export interface StartFormProps {
  readonly form: ApiForm;
  readonly workers: number;
  readonly onStart: (request: ApiStartRequest) => Promise<void>;
  readonly onCheckHost: (host: string) => Promise<ApiHostCheck>;
  readonly onEditClass: EditClass;
}

export function StartForm({ form, workers, onStart, onCheckHost, onEditClass }: StartFormProps) {
  const model = useMemo(() => createStartModel(form), [form]);
  const submit = async (event: Event) => {
    event.preventDefault();
    const { currentTarget } = event; // none any more after the answer
    const request = model.read();
    if (request === undefined || model.isSending.value) return focusFirstProblem(currentTarget);
    model.isSending.value = true;
    try {
      await onStart(request);
    } catch (error) {
      model.noteRefusal(error);
      focusFirstProblem(currentTarget);
    } finally {
      model.isSending.value = false;
    }
  };
  const isOpen = model.fields.value.rate !== undefined && !model.shapeDecides.value;
  const isSearch = model.fields.value.slo !== undefined && !model.shapeDecides.value;
  const lack = describeLack(form, workers);
  return (
    <form class="start" aria-label="Start a test" noValidate onSubmit={submit}>
      <div class="start-columns">
        <div class="start-fields">
          {form.hasClassPicker && <ClassPicker model={model} onEditClass={onEditClass} />}
          {form.hasClassPicker && <ShapeField model={model} />}
          {form.scenarios === undefined ? <LoadFields model={model} /> : <ScenarioPicker model={model} />}
          <HostField model={model} onCheckHost={onCheckHost} />
          <AdvancedFields model={model} />
          {form.options.length > 0 && <OptionFields options={form.options} model={model} />}
        </div>
        <div class="card preview">
          <h3>{titleOf(form, isOpen, isSearch)}</h3>
          {!isSearch && <Preview model={model} />}
          <p class="sentence" aria-live="polite">{sentenceOf(model, workers)}</p>
          <Conditions thresholds={form.program.thresholds} />
          {model.refusal.value !== "" && <p class="problem-box" role="alert">{model.refusal.value}</p>}
          {lack !== undefined && <p class="note-box">{lack}</p>}
          <button type="submit" class="primary start-button" disabled={model.isSending.value}>Start</button>
        </div>
      </div>
      <CommandLine model={model} />
    </form>
  );
}

/** Undefined: there are workers enough, or there is no need of others. */
function describeLack(
  { program: { isDistributed, expectedWorkers = 1 } }: ApiForm,
  workers: number,
): string | undefined {
  if (!isDistributed || (workers > 0 && workers >= expectedWorkers)) return undefined;
  if (workers === 0) return "No worker is connected yet. The run begins when workers are there.";
  return `Only ${workers} of ${expectedWorkers} workers are connected. The run begins when all of them are there.`;
}

function titleOf({ scenarios }: ApiForm, isOpen: boolean, isSearch: boolean): string {
  if (scenarios !== undefined) return "Scenarios over time";
  if (isSearch) return "Capacity search";
  return isOpen ? "Arrivals per second over time" : "Users over time";
}

function sentenceOf({ checked, fields, form, chosenScenarios }: StartModel, workers: number): string {
  const { shape } = fields.value;
  if (shape === SCENARIOS) {
    if (chosenScenarios.value.size === 0) return "No scenario is ticked: there is nothing to run.";
    return runTimeOf(checked.value) === null
      ? "Each scenario has its own load; the run ends with the last of them."
      : "Each scenario has its own load; the run time is a limit of the whole run.";
  }
  if (shape === STAGES) return "The stages given on the command line decide the number of users over time.";
  if (shape !== NO_SHAPE) {
    const from = form.askingShapes.includes(shape) ? ", and may use the numbers and the run time of this form" : "";
    return `The shape ${shape} decides the number of users over time${from}.`;
  }
  const { plan } = checked.value;
  if (plan === undefined) return "";
  if (!form.program.isDistributed || workers === 0) return describePlan(plan);
  const over = workers === 1 ? "All users run on the one worker." : `The users are spread over ${workers} workers.`;
  return `${describePlan(plan)} ${over}`;
}

/** Null: no limit, or none that can be read. */
function runTimeOf({ plan }: CheckedFields): number | null {
  return plan?.runTimeSeconds ?? null;
}

function AdvancedFields({ model }: { readonly model: StartModel }) {
  const { fields, problems, form } = model;
  const isOpen = fields.value.runTime !== "" || fields.value.profile !== "";
  const isEnded = hasOwnEnd(fields.value, form.askingShapes);
  return (
    <details class="advanced" open={isOpen}>
      <summary>Advanced options</summary>
      <div role="group" aria-label="Advanced options" class="field-pair">
        <Field
          label="Run time"
          name="runTime"
          placeholder={isEnded ? "" : "until stopped"}
          hint={isEnded ? "The load decides when the run ends" : "20, 20s, 3m, 2h, 1h20m"}
          value={isEnded ? "" : fields.value.runTime}
          isDisabled={isEnded}
          problem={problems.value["runTime"]}
          onInput={(value) => model.change("runTime", value)}
        />
        <Field
          label="Profile"
          name="profile"
          hint="A word for the locustfile and the report"
          value={fields.value.profile}
          suggestions={form.profiles}
          problem={problems.value["profile"]}
          onInput={(value) => model.change("profile", value)}
        />
      </div>
    </details>
  );
}

function Preview({ model }: { readonly model: StartModel }) {
  const { plan } = model.checked.value;
  const { scenarios } = model.form;
  if (scenarios !== undefined) {
    if (model.chosenScenarios.value.size === 0) return null;
    const picked = pickScenarios(scenarios, (name) => model.chosenScenarios.value.has(name));
    return <ScenarioPreview plans={picked} runTimeSeconds={runTimeOf(model.checked.value)} />;
  }
  const { shape } = model.fields.value;
  // What a shape draws that reads the fields is that of the command line alone.
  const isDrawn = model.shapeDecides.value && !model.form.askingShapes.includes(shape);
  const shapePoints = isDrawn ? model.form.shapePoints[shape] ?? null : null;
  return <RampPreview plan={model.shapeDecides.value ? undefined : plan} shapePoints={shapePoints} />;
}

function Conditions({ thresholds }: { readonly thresholds: readonly string[] }) {
  if (thresholds.length === 0) return null;
  return (
    <div class="conditions">
      <h3>Thresholds of this run</h3>
      <ul>
        {thresholds.map((each) => (
          <li key={each}>
            <code>{each}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

function CommandLine({ model }: { readonly model: StartModel }) {
  const copied = useSignal("");
  const copy = async () => copied.value = await copyText(model.commandLine.value) ? "Copied" : "The browser refused";
  return (
    <div class="command">
      <label for="command-line">Command line</label>
      <div class="field-row">
        <input id="command-line" class="mono" readOnly value={model.commandLine.value} />
        <button type="button" aria-label="Copy command line" onClick={copy}>Copy</button>
        <span class="count" role="status">{copied.value}</span>
      </div>
    </div>
  );
}
