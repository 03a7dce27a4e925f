/** The state of a start form: its fields, what is wrong with them, and the request that they make. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ApiForm, ApiStartRequest, ApiUserClass } from "../../src/server/answers/api_types.ts";
import { RequestFailed } from "../source/api_client.ts";
import {
  checkOptions,
  type OptionField,
  optionFields,
  type OptionModel,
  readOptions,
  toField,
} from "./option_model.ts";
import { splitList } from "../view/list_text.ts";
import { typedDecimal } from "../view/typed_number.ts";
import {
  type CheckedFields,
  checkFields,
  type FieldName,
  hasOwnEnd,
  hostsOf,
  joinSlo,
  NO_SHAPE,
  SCENARIOS,
  SLO_EXAMPLE,
  type StartFields,
  type StartPlan,
  toCommandLine,
} from "../view/start_plan.ts";

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
  readonly problems: ReadonlySignal<Readonly<Record<string, string>>>;
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
  const fields = signal<StartFields>({
    users: String(defaults.users),
    spawnRate: typedDecimal(defaults.spawnRate),
    rate: defaults.rate,
    maxUsers: maxUsersOf(form),
    slo: defaults.slo === undefined ? undefined : joinSlo(defaults.slo),
    host: defaults.host ?? "",
    runTime: defaults.runTime,
    profile: defaults.profile ?? "",
    shape: form.scenarios === undefined ? form.shape ?? NO_SHAPE : SCENARIOS,
  });
  const options = optionFields(form.options);
  const userClasses = signal(form.userClasses);
  const chosen = signal<ReadonlySet<string>>(
    new Set(form.userClasses.filter(({ isSelected }) => isSelected).map(({ name }) => name)),
  );
  const offered = form.scenarios ?? [];
  const chosenScenarios = signal<ReadonlySet<string>>(
    new Set(offered.filter(({ isSelected }) => isSelected).map(({ name }) => name)),
  );
  const isAsked = (shape: string) => shape === NO_SHAPE || form.askingShapes.includes(shape);
  const touched = signal<ReadonlySet<string>>(new Set());
  const isPressed = signal(false);
  const refused = signal<Readonly<Record<string, string>>>({});
  const refusal = signal("");
  const checked = computed(() => checkFields(fields.value, form.askingShapes, hostsOf(form)));
  const own = computed(() => ({
    ...checked.value.problems,
    ...otherProblems(form, fields.value, options.value, chosen.value),
    ...(offered.length > 0 && chosenScenarios.value.size === 0 ? { scenarios: "Choose at least one scenario." } : {}),
  }));
  const touch = (name: string) => {
    touched.value = new Set([...touched.value, name]);
    if (refused.value[name] !== undefined) refused.value = { ...refused.value, [name]: "" };
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
    problems: computed(() => {
      const shown = Object.entries(own.value).filter(([name]) => isPressed.value || touched.value.has(name));
      const said = Object.entries(refused.value).filter(([, text]) => text !== "");
      return Object.fromEntries([...shown, ...said]);
    }),
    commandLine: computed(() =>
      toCommandLine({
        command: form.command,
        searchCommand: form.searchCommand,
        fields: fields.value,
        hasShapes: form.shapes.length > 0,
        askingShapes: form.askingShapes,
        stages: form.stages,
        options: form.options.flatMap((option): [string, string | boolean | readonly string[]][] => {
          const value = options.value[option.name] ?? "";
          if (option.isSecret) return value === "" ? [] : [[option.name, "***"]];
          if (JSON.stringify(value) === JSON.stringify(toField(option))) return [];
          return [[option.name, option.kind === "list" && typeof value === "string" ? splitList(value) : value]];
        }),
        userClasses: chosen.value.size === form.userClasses.length ? [] : [...chosen.value],
        scenarios: chosenScenarios.value.size === offered.length && form.areScenariosNamed !== true
          ? []
          : namesOf(offered, chosenScenarios.value),
      })
    ),
    shapeDecides: computed(() => fields.value.shape !== NO_SHAPE),
    areUsersAsked: computed(() => isAsked(fields.value.shape)),
    noteClass: (userClass) =>
      userClasses.value = userClasses.value.map((each) => each.name === userClass.name ? userClass : each),
    change: (name, value) => {
      fields.value = { ...fields.value, [name]: value };
      touch(name);
    },
    chooseLoad: (load) => {
      const rate = load === "rate" ? defaults.rate ?? USUAL_RATE : undefined;
      fields.value = { ...fields.value, rate, maxUsers: maxUsersOf(form) };
      refusal.value = "";
    },
    chooseAim: (aim) => {
      fields.value = { ...fields.value, slo: aim === "capacity" ? joinSlo(defaults.slo ?? [SLO_EXAMPLE]) : undefined };
      refusal.value = "";
    },
    changeOption: (name, value) => {
      options.value = { ...options.value, [name]: value };
      touch(name);
    },
    read: () => {
      isPressed.value = true;
      const { plan } = checked.value;
      if (plan === undefined || Object.keys(own.value).length > 0) return undefined;
      const { host, runTime, profile, shape } = fields.value;
      return {
        ...(shape === NO_SHAPE ? loadOf(plan) : isAsked(shape) ? { users: plan.users, spawnRate: plan.spawnRate } : {}),
        ...(plan.slo !== undefined || defaults.slo !== undefined ? { slo: plan.slo ?? null } : {}),
        host: host.trim(),
        runTime: hasOwnEnd(fields.value, form.askingShapes) ? "" : runTime.trim(),
        profile: profile.trim() === "" ? null : profile.trim(),
        ...(form.hasClassPicker ? { userClasses: [...chosen.value], shape: shape === NO_SHAPE ? null : shape } : {}),
        ...(form.scenarios === undefined ? {} : { scenarios: namesOf(offered, chosenScenarios.value) }),
        ...(form.options.length === 0 ? {} : { options: readOptions(form.options, options.value) }),
      };
    },
    noteRefusal: (error) => {
      const field = error instanceof RequestFailed ? error.field : undefined;
      const text = error instanceof Error ? error.message : String(error);
      if (field === undefined || !hasPlace(form, fields.value, field)) refusal.value = text;
      else refused.value = { ...refused.value, [field]: text };
    },
  };
}

/** Whether the form has a place for what is wrong with a key of its request. */
function hasPlace(form: ApiForm, fields: StartFields, key: string): boolean {
  if (key === "userClasses") return form.hasClassPicker;
  if (key === "scenarios") return form.scenarios !== undefined;
  return key !== "shape" && Object.entries(fields).some(([name, value]) => name === key && value !== undefined);
}

/** In the order of the locustfile. */
function namesOf(scenarios: NonNullable<ApiForm["scenarios"]>, chosen: ReadonlySet<string>): readonly string[] {
  return scenarios.filter(({ name }) => chosen.has(name)).map(({ name }) => name);
}

/** What the field begins with. */
const USUAL_RATE = "10/s";

function maxUsersOf({ defaults: { maxUsers } }: ApiForm): string {
  return maxUsers === undefined ? "" : String(maxUsers);
}

function loadOf(
  { users, spawnRate, rate, maxUsers = null, slo }: StartPlan,
): Pick<ApiStartRequest, "users" | "spawnRate" | "rate" | "maxUsers"> {
  if (rate !== undefined) return { rate, maxUsers };
  return slo === undefined ? { users, spawnRate } : { users };
}

function otherProblems(
  form: ApiForm,
  { host }: StartFields,
  options: Readonly<Record<string, OptionField>>,
  chosen: ReadonlySet<string>,
): Record<string, string> {
  const problems: Record<string, string> = {};
  if (form.isHostRequired && host.trim() === "") problems["host"] = "Give the host to test.";
  if (form.hasClassPicker && chosen.size === 0) problems["userClasses"] = "Choose at least one user class.";
  return { ...problems, ...checkOptions(form.options, options) };
}
