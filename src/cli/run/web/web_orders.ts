/**
 * Turns orders of the web UI into runs as the command line has them: the command line, and on top of it what starts and edits so far have
 * set. Owns those changes; refuses what cannot be run with the field that is wrong.
 */
import { UsageError } from "../../../base/errors.ts";
import { maskUrlSecrets } from "../../../base/secrets.ts";
import { toCamelCase } from "../../../base/hints/spelling_hint.ts";
import type { LocustfileDescription, UserClassDescription } from "../../../protocol/locustfile_description.ts";
import type { WebUiDescription } from "../../../protocol/web_ui_message.ts";
import { Refusal } from "../../../server/answers/api_error.ts";
import type { EditOrder, StartOrder } from "../../../server/orders/run_control.ts";
import { withSettings } from "../../options/selection/class_settings.ts";
import { type ClassSettings, readClassSettings } from "../../options/selection/config_users.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import { describeBadUrl, type Selection } from "../../options/selection/selection.ts";
import type { FinishedRequest, RequestChanges, RunRequest } from "../setup/run_request.ts";
import { fieldOfProblem, toOverrides } from "./web_form.ts";

export interface WebOrdersParts {
  readonly request: Pick<RunRequest, "finish">;
  readonly description: LocustfileDescription;
  /** As the command line has it. */
  readonly base: FinishedRequest;
  /** What the locustfile adds to the web UI. */
  readonly added: WebUiDescription;
  readonly wallMs: () => number;
}

type Changes = Pick<RequestChanges, "pickedClasses"> & {
  readonly overrides: NonNullable<RequestChanges["overrides"]>;
};

/** What an edit has changed. */
export interface LiveChanges {
  /** Of the locustfile; empty: none. */
  readonly options: RunOptions["custom"];
  /** Absent: the same as before. Empty: that of the classes. */
  readonly host?: string;
}

export class WebOrders {
  readonly #parts: WebOrdersParts;
  #changes: Changes = { overrides: new Map() };
  /** Attributes that were changed here, by class. */
  readonly #classSettings = new Map<string, ClassSettings>();
  #latest: FinishedRequest;

  constructor(parts: WebOrdersParts) {
    this.#parts = parts;
    this.#latest = parts.base;
  }

  /** The latest start, with edits since then; the command line before the first. */
  get latest(): FinishedRequest {
    return this.#latest;
  }

  /** The user classes as the next start has them, without a choice among them. */
  get userClasses(): readonly UserClassDescription[] {
    return withSettings(this.#parts.base.selection.userClasses, this.#allSettings());
  }

  /** Those of the latest start. */
  get pickedClasses(): readonly UserClassDescription[] {
    return withSettings(this.#latest.selection.userClasses, this.#allSettings());
  }

  /** The run that a start asks for. @throws {Refusal} 422 with the first problem */
  finish(order: StartOrder): FinishedRequest {
    const { description, request, added, base, wallMs } = this.#parts;
    if (!base.options.classPicker && (order.userClasses !== undefined || order.shape !== undefined)) {
      const field = order.userClasses !== undefined ? "userClasses" : "shape";
      throw new Refusal(422, `Cannot choose ${field}: the test was started without --class-picker`, field);
    }
    if (order.scenarios !== undefined) this.#checkScenarios(order.scenarios);
    const { overrides, ...before } = order.unnamed === "commandLine" ? withoutOneRun(this.#changes) : this.#changes;
    // A number of users takes the place of a rate, as a rate does of users.
    const isSwitched = order.rate === undefined && order.users !== undefined && this.#latest.options.rate !== undefined;
    const load = isSwitched ? { ...order, rate: null } : order;
    const changed = { ...load, ...(order.host === undefined ? {} : { host: this.#unmasked(order.host) }) };
    const changes = {
      ...before,
      overrides: new Map([...overrides, ...toOverrides(changed, description, base.options.stages)]),
      ...(order.userClasses === undefined ? {} : { pickedClasses: this.#pickable(order.userClasses) }),
    };
    const finished = this.#attempt(() => request.finish(description, { ...changes, startedWallMs: wallMs() }));
    if (added.isHostRequired && (finished.options.host ?? "") === "") {
      throw new Refusal(422, "Cannot start without a host: the locustfile asks for one; give it", "host");
    }
    this.#changes = changes;
    this.#latest = { ...finished, classSettings: this.#allSettings() };
    return this.#latest;
  }

  /**
   * The host and options of the locustfile become others, in the run that is on and in later ones: all that is asked for, or nothing.
   * What differs from before, as user code sees it; an empty host is that of the classes.
   * @throws {Refusal} 422 with the first problem
   */
  change({ host, options }: Pick<EditOrder, "host" | "options">): LiveChanges {
    const otherHost = host === undefined ? undefined : this.#otherHost(host);
    const changed = options === undefined ? {} : this.#takeOptions(options); // nothing is refused from here on
    if (otherHost !== undefined) this.#takeHost(otherHost);
    return { options: changed, ...(otherHost === undefined ? {} : { host: otherHost }) };
  }

  /** Undefined: it is the same. */
  #otherHost(given: string): string | undefined {
    const { options, selection } = this.#latest;
    const host = this.#unmasked(given);
    if (host === (options.host ?? "")) return undefined;
    const lacking = findWithoutHost(selection);
    if (host === "" && lacking !== undefined) {
      throw new Refusal(422, `Cannot take the host away: user class "${lacking.name}" has no host of its own`, "host");
    }
    const wrong = host !== "" && selection.userClasses.some(({ needsHost }) => needsHost)
      ? describeBadUrl(host)
      : undefined;
    if (wrong !== undefined) throw new Refusal(422, `Cannot use --host "${maskUrlSecrets(host)}": ${wrong}`, "host");
    return host;
  }

  #takeHost(host: string): void {
    const { host: _before, ...others } = this.#latest.options;
    this.#latest = { ...this.#latest, options: host === "" ? others : { ...others, host } };
    const overrides = new Map([
      ...this.#changes.overrides,
      ...toOverrides({ host }, this.#parts.description, undefined),
    ]);
    this.#changes = { ...this.#changes, overrides };
  }

  #takeOptions(given: NonNullable<StartOrder["options"]>): RunOptions["custom"] {
    const { description, request, wallMs } = this.#parts;
    const overrides = new Map([...this.#changes.overrides, ...toOverrides({ options: given }, description, undefined)]);
    const changes = { ...this.#changes, overrides };
    const { custom } =
      this.#attempt(() => request.finish(description, { ...changes, startedWallMs: wallMs() })).options;
    const { options } = this.#latest;
    const isSame = (name: string) => JSON.stringify(custom[name]) === JSON.stringify(options.custom[name]);
    const changed = Object.fromEntries(Object.entries(custom).filter(([name]) => !isSame(name)));
    const parsedOptions = { ...options.parsedOptions, ...changed };
    this.#latest = { ...this.#latest, options: { ...options, custom, parsedOptions } };
    this.#changes = changes;
    return changed;
  }

  /** Attributes of a user class, from the next start on. @throws {Refusal} 422 with the attribute that is wrong */
  changeClass(body: Readonly<Record<string, unknown>>): void {
    const { userClasses } = this.#parts.description;
    const name = body["user_class_name"];
    if (typeof name !== "string" || !userClasses.some((each) => each.name === name)) {
      throw new Refusal(
        422,
        `Cannot change the user class: give user_class_name, one of ${userClasses.map((each) => each.name).join(", ")}`,
        "user_class_name",
      );
    }
    const { settings, problems } = readClassSettings("the settings", toCamelKeys(body), userClasses);
    const [problem] = problems;
    if (problem !== undefined) throw new Refusal(422, problem, fieldOfClassProblem(problem));
    const changed = withSettings(userClasses, [...this.#allSettings(), settings]).find((each) => each.name === name);
    if (changed?.weight === 0 && changed.fixedCount === 0) {
      throw new Refusal(422, `Cannot give ${name} the weight 0: it would have no users; write more than 0`, "weight");
    }
    if (Array.isArray(settings["tasks"]) && settings["tasks"].length === 0) {
      throw new Refusal(422, `Cannot leave ${name} without a task: name one`, "tasks");
    }
    this.#classSettings.set(name, { ...this.#classSettings.get(name), ...settings });
  }

  /** A host is shown with its password masked: sent back so, it is the one that was there. */
  #unmasked(host: string): string {
    const { host: known } = this.#latest.options;
    return known !== undefined && host === maskUrlSecrets(known) ? known : host;
  }

  /** Of the command line and of here, one object for a class that was changed: a choice of tasks replaces the one before. */
  #allSettings(): readonly ClassSettings[] {
    const { classSettings } = this.#parts.base;
    const isChanged = (each: ClassSettings) => this.#classSettings.has(String(each["user_class_name"]));
    return [
      ...classSettings.filter((each) => !isChanged(each)),
      ...[...this.#classSettings].map(([name, changes]): ClassSettings =>
        Object.assign({}, ...classSettings.filter((each) => each["user_class_name"] === name), changes)
      ),
    ];
  }

  #attempt(finish: () => FinishedRequest): FinishedRequest {
    try {
      return finish();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const [problem = "Cannot start the run"] = error.problems;
      throw new Refusal(422, problem, fieldOfProblem(problem));
    }
  }

  #checkScenarios(names: readonly string[]): void {
    const known = this.#parts.base.selection.scenarios?.map(({ name }) => name) ?? [];
    if (known.length === 0) {
      throw new Refusal(422, "Cannot pick scenarios: the run has none; leave them out", "scenarios");
    }
    if (names.length === 0) throw new Refusal(422, "Cannot start without a scenario: pick one", "scenarios");
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new Refusal(422, `Cannot pick the scenario "${unknown}": choose from ${known.join(", ")}`, "scenarios");
  }

  #pickable(names: readonly string[]): readonly string[] {
    if (names.length === 0) throw new Refusal(422, "Cannot start without a user class: pick one", "userClasses");
    const known = this.#parts.base.selection.userClasses.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new Refusal(422, `Cannot run user class "${unknown}": choose from ${known.join(", ")}`, "userClasses");
    }
    return names;
  }
}

/** The changes that last, without what was said for one run. */
function withoutOneRun({ overrides }: Changes): Changes {
  return { overrides: new Map([...overrides].filter(([name]) => name !== "run-time")) };
}

/** A class of users that would have no host of their own; in scenarios, in one of them. */
function findWithoutHost({ userClasses, scenarios }: Selection): UserClassDescription | undefined {
  const takesOwn = (name: string) =>
    scenarios === undefined || scenarios.some((plan) => plan.host === undefined && plan.userClasses.includes(name));
  return userClasses.find(({ name, needsHost, host }) => needsHost && host === undefined && takesOwn(name));
}

/** Locust's names of attributes (`fixed_count`) are ours in camelCase. */
function toCamelKeys(body: Readonly<Record<string, unknown>>): ClassSettings {
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key === "user_class_name" ? key : toCamelCase(key), value]),
  );
}

function fieldOfClassProblem(problem: string): string {
  return /\b(weight|fixedCount)\b/.exec(problem)?.[1] ?? "tasks";
}
