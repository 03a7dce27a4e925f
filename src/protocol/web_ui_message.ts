/**
 * Additions of a locustfile to the web UI, as they travel between the control thread, where its code runs, and the
 * master, which serves the web UI. Plain data. Types only.
 */

export type WebMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A value in a cell of an extra tab or column. */
export type WebCell = string | number | boolean | null;

export type WebRow = Readonly<Record<string, WebCell>>;

/** Everything that a locustfile adds, fixed when the listeners of `init` have ended. */
export interface WebUiDescription {
  readonly routes: readonly WebRouteDescription[];
  readonly tabs: readonly WebTabDescription[];
  /** Of the table of requests. Their keys and those of tabs differ. */
  readonly columns: readonly { readonly key: string; readonly title: string }[];
  readonly downloads: readonly { readonly title: string; readonly href: string }[];
  readonly profiles: readonly string[];
  readonly isHostRequired: boolean;
  /** Absent: the locustfile brings no login of its own. */
  readonly login?: WebLoginDescription;
}

export interface WebRouteDescription {
  readonly method: WebMethod;
  readonly path: string;
  /** Answered without a login. */
  readonly isPublic: boolean;
}

export interface WebTabDescription {
  readonly key: string;
  readonly title: string;
  readonly columns: readonly { readonly key: string; readonly title: string }[];
}

/** The login page. */
export interface WebLoginDescription {
  readonly title: string;
  readonly info: string;
  readonly inputs: readonly WebLoginInput[];
  readonly submitText: string;
  readonly providers: readonly { readonly label: string; readonly href: string; readonly icon: string }[];
}

export interface WebLoginInput {
  readonly name: string;
  readonly label: string;
  readonly kind: "text" | "password" | "checkbox" | "choice" | "choices";
  readonly choices: readonly string[];
  readonly value: string;
  readonly isRequired: boolean;
}

/** A request to a route of the locustfile. */
export interface WebRequestMessage {
  /** Of the route. */
  readonly method: WebMethod;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | null;
  readonly role: WebRole | null;
}

export type WebRole = "operator" | "spectator";

export interface WebAnswerMessage {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** The handler has logged its reader in. */
  readonly login?: WebRole;
}

/** What the locustfile says to a login; without a role it is refused. */
export interface WebLoginAnswer {
  readonly role: WebRole | null;
  readonly message: string;
}
