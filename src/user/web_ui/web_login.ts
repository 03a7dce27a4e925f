/** A login of the locustfile's own: the form that the login page shows, other services to log in with, and the check. Pure. */
import { LocustError } from "../../base/errors.ts";
import type { WebLoginDescription, WebLoginInput, WebRole } from "../../protocol/web_ui_message.ts";

/** What was typed, by the names of the inputs. `choices` that are many come as a list. */
export type WebLoginFields = Readonly<Record<string, string | readonly string[]>>;

/** True: an operator. A text refuses, and is shown; so does anything else. */
export type WebLoginVerdict = boolean | WebRole | string | null | undefined;

export interface WebLoginField {
  readonly name: string;
  readonly label: string;
  /** Text if absent. With `choices`: a list to choose from. */
  readonly kind?: "text" | "password" | "checkbox";
  readonly choices?: readonly string[];
  /** More than one of the choices can be taken. */
  readonly isMultiple?: boolean;
  readonly defaultValue?: string;
  readonly isRequired?: boolean;
}

export interface WebLogin {
  /** In the heading and the title of the page. */
  readonly title?: string;
  /** A sentence above the form. */
  readonly info?: string;
  /** Fields of the form: user name and password if absent; none: only the providers are shown. */
  readonly inputs?: readonly WebLoginField[];
  readonly submitText?: string;
  /** Links to log in by another service. `href`: a public route of the locustfile, or a URL. `icon`: a path or a `data:` URL. */
  readonly providers?: readonly { readonly label: string; readonly href: string; readonly icon?: string }[];
  /** Whether these fields may pass. Absent: only providers log people in. */
  readonly check?: (fields: WebLoginFields) => WebLoginVerdict | PromiseLike<WebLoginVerdict>;
}

const USER_AND_PASSWORD: readonly WebLoginField[] = [
  { name: "username", label: "Username", isRequired: true },
  { name: "password", label: "Password", kind: "password", isRequired: true },
];

/** The login as plain data. @throws LocustError for one that cannot be shown */
export function describeLogin(login: WebLogin): WebLoginDescription {
  const { title = "locust-ts", info = "", submitText = "Log in", providers = [], check } = login;
  const inputs = login.inputs ?? (check === undefined ? [] : USER_AND_PASSWORD);
  if (check !== undefined && typeof check !== "function") throw refuse("check is not a function; pass one");
  if (inputs.length > 0 && check === undefined) throw refuse("it has inputs and no check; add a check");
  if (inputs.length === 0 && providers.length === 0) throw refuse("it has neither inputs nor providers; add one");
  const names = new Set(inputs.map(({ name }) => name));
  if (names.size < inputs.length || names.has("next")) {
    throw refuse('two inputs have one name, or one is named "next"; rename it');
  }
  for (const { label, href, icon } of providers) {
    if (!/^\/(?!\/)/.test(href) && !/^https?:\/\//i.test(href)) {
      throw refuse(`the provider "${label}" has no path or URL of http or https as href; change it`);
    }
    if (icon !== undefined && !/^(?:\/(?!\/)|data:image\/)/.test(icon)) {
      throw refuse(`the icon of "${label}" is neither a path of this server nor a data:image URL; change it`);
    }
  }
  return {
    title: String(title),
    info: String(info),
    submitText: String(submitText),
    inputs: inputs.map(describeInput),
    providers: providers.map(({ label, href, icon = "" }) => ({ label: String(label), href, icon })),
  };
}

function describeInput(input: WebLoginField): WebLoginInput {
  const { name, label, kind = "text", choices, isMultiple = false, defaultValue = "", isRequired = false } = input;
  if (typeof name !== "string" || name === "" || typeof label !== "string") {
    throw refuse("an input has no name or no label; add it");
  }
  return {
    name,
    label,
    kind: choices === undefined ? kind : isMultiple ? "choices" : "choice",
    choices: (choices ?? []).map(String),
    value: String(defaultValue),
    isRequired,
  };
}

function refuse(problem: string): LocustError {
  return new LocustError(`Cannot set the login: ${problem}`);
}
