/** The state of a start form: its fields, what is wrong with them, and the request that they make. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ApiForm, ApiStartRequest, ApiUserClass } from "../../src/server/answers/api_types.ts";
import {
  type CheckedFields,
  checkFields,
  type FieldName,
  hostsOf,
  joinSlo,
  NO_SHAPE,
  SCENARIOS,
  SLO_EXAMPLE,
  type StartFields,
} from "../view/start_plan.ts";
import { typedDecimal } from "../view/typed_number.ts";
import { createFormProblems, type Problems } from "./form_problems.ts";
import { checkOptions, findOptionIn, optionFields, type OptionModel } from "./option_model.ts";
import { asksForUsers, commandLineOf, type FilledForm, toRequest } from "./start_request.ts";

export interface StartModel extends OptionModel {
  readonly form: ApiForm;
  readonly fields: Signal<StartFields>;
  /** As the locustfile has them, or as they were set since. */
  readonly userClasses: ReadonlySignal<readonly ApiUserClass[]>;
  /** Names of the classes that are ticked. */
  readonly chosen: Signal<ReadonlySet<string>>;
  /** Names of the scenarios that are ticked. */
  readonly chosenScenarios: Signal<ReadonlySet<string>>;
  readonly checked: ReadonlySignal<CheckedFields>;
  /** By field: what is wrong. Of untouched fields only after the button was pressed. */
  readonly problems: ReadonlySignal<Problems>;
  /** What the server said, where it belongs to no field. */
  readonly refusal: Signal<string>;
  readonly isSending: Signal<boolean>;
  readonly commandLine: ReadonlySignal<string>;
  /** A shape of the locustfile, or scenarios, decide the load. */
  readonly shapeDecides: ReadonlySignal<boolean>;
  /** Users and ramp up are asked for: there is no shape, or it reads them. */
  readonly areUsersAsked: ReadonlySignal<boolean>;
  /** Takes a class as the server has it now. */
  noteClass(userClass: ApiUserClass): void;
  change(name: FieldName, value: string): void;
  /** A number of users, or arrivals at a rate. */
  chooseLoad(load: "users" | "rate"): void;
  /** A load of its own, or a search for the one that the system takes. */
  chooseAim(aim: "load" | "capacity"): void;
  /** Undefined while something is wrong; the problems show then. */
  read(): ApiStartRequest | undefined;
  /** Puts the refusal of the server to its field. */
  noteRefusal(error: unknown): void;
}

export function createStartModel(form: ApiForm): StartModel {
  const { defaults } = form;
  const fields = signal(firstFields(form));
  const options = optionFields(form.options);
  const userClasses = signal(form.userClasses);
  const chosen = signal(selectedOf(form.userClasses));
  const chosenScenarios = signal(selectedOf(form.scenarios ?? []));
  const checked = computed(() => checkFields(fields.value, form.askingShapes, hostsOf(form)));
  const filled = (): FilledForm => ({
    fields: fields.value,
    options: options.value,
    userClasses: chosen.value,
    scenarios: chosenScenarios.value,
  });
  const own = computed(() => ({ ...checked.value.problems, ...problemsOf(form, filled()) }));
  const problems = createFormProblems(own);
  const { refusal } = problems;
  const changeLoad = (change: Partial<StartFields>) => {
    fields.value = { ...fields.value, ...change };
    refusal.value = "";
  };
  return {
    form,
    fields,
    options,
    userClasses,
    chosen,
    chosenScenarios,
    checked,
    refusal,
    isSending: signal(false),
    problems: problems.shown,
    commandLine: computed(() => commandLineOf(form, filled())),
    shapeDecides: computed(() => fields.value.shape !== NO_SHAPE),
    areUsersAsked: computed(() => asksForUsers(form, fields.value)),
    noteClass: (userClass) =>
      userClasses.value = userClasses.value.map((each) => each.name === userClass.name ? userClass : each),
    change: (name, value) => {
      fields.value = { ...fields.value, [name]: value };
      problems.touch(name);
    },
    chooseLoad: (load) =>
      changeLoad({ rate: load === "rate" ? defaults.rate ?? USUAL_RATE : undefined, maxUsers: maxUsersOf(form) }),
    chooseAim: (aim) => changeLoad({ slo: aim === "capacity" ? joinSlo(defaults.slo ?? [SLO_EXAMPLE]) : undefined }),
    changeOption: (name, value) => {
      options.value = { ...options.value, [name]: value };
      problems.touch(name);
    },
    read: () => {
      problems.press();
      const { plan } = checked.value;
      if (plan === undefined || Object.keys(own.value).length > 0) return undefined;
      return toRequest(form, filled(), plan);
    },
    noteRefusal: (error) =>
      problems.noteRefusal(error, (key, text) => {
        if (key === "options") return findOptionIn(text, form.options);
        return hasPlace(form, fields.value, key) ? key : undefined;
      }),
  };
}

/** What the field begins with. */
const USUAL_RATE = "10/s";

function firstFields(form: ApiForm): StartFields {
  const { defaults } = form;
  return {
    users: String(defaults.users),
    spawnRate: typedDecimal(defaults.spawnRate),
    rate: defaults.rate,
    maxUsers: maxUsersOf(form),
    slo: defaults.slo === undefined ? undefined : joinSlo(defaults.slo),
    host: defaults.host ?? "",
    runTime: defaults.runTime,
    profile: defaults.profile ?? "",
    shape: form.scenarios === undefined ? form.shape ?? NO_SHAPE : SCENARIOS,
  };
}

function maxUsersOf({ defaults: { maxUsers } }: ApiForm): string {
  return maxUsers === undefined ? "" : String(maxUsers);
}

function selectedOf(
  offered: readonly { readonly name: string; readonly isSelected: boolean }[],
): ReadonlySet<string> {
  return new Set(offered.filter(({ isSelected }) => isSelected).map(({ name }) => name));
}

/** Whether the form has a place for what is wrong with a key of its request. */
function hasPlace(form: ApiForm, fields: StartFields, key: string): boolean {
  if (key === "userClasses") return form.hasClassPicker;
  if (key === "scenarios") return form.scenarios !== undefined;
  return key !== "shape" && Object.entries(fields).some(([name, value]) => name === key && value !== undefined);
}

/** Beside those of the fields by themselves. */
function problemsOf(form: ApiForm, { fields, options, userClasses, scenarios }: FilledForm): Problems {
  const problems: Record<string, string> = {};
  if (form.isHostRequired && fields.host.trim() === "") problems["host"] = "Give the host to test.";
  if (form.hasClassPicker && userClasses.size === 0) problems["userClasses"] = "Choose at least one user class.";
  Object.assign(problems, checkOptions(form.options, options));
  const isNoneTicked = (form.scenarios ?? []).length > 0 && scenarios.size === 0;
  return isNoneTicked ? { ...problems, scenarios: "Choose at least one scenario." } : problems;
}
