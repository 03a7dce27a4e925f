/**
 * The locustfiles that `locust-ts init --template NAME` writes. Their texts are the files in `templates`; here is what the rest of
 * the project has to know about each. All run against `locust-ts demo` as they are. Pure.
 */
import { TEMPLATE_NAMES, type TemplateName } from "../../options/table/verbs.ts";
import api from "../../../../templates/api.ts" with { type: "text" };
import checkout from "../../../../templates/checkout.ts" with { type: "text" };
import http from "../../../../templates/http.ts" with { type: "text" };
import shape from "../../../../templates/shape.ts" with { type: "text" };
import websocket from "../../../../templates/websocket.ts" with { type: "text" };

export interface Template {
  readonly name: TemplateName;
  /** A few words, for the list of templates. */
  readonly summary: string;
  /** The exported user classes. */
  readonly userClasses: readonly string[];
  readonly text: string;
  /** Options of a first run; a shape has its own load. */
  readonly load: string;
  /** Conditions for a build, in the syntax of `--threshold`. */
  readonly thresholds: readonly string[];
}

const RAMP = "-u 10 -r 2 -t 30s";

const TEMPLATES: Readonly<Record<TemplateName, Omit<Template, "name">>> = {
  http: {
    summary: "pages, a login and a cart: two kinds of users",
    userClasses: ["Visitor", "Customer"],
    text: asText(http),
    load: RAMP,
    thresholds: ["failures < 1%", "p95 < 500ms"],
  },
  api: {
    summary: "a JSON API: typed answers, checks, a fixed rate, tags",
    userClasses: ["ApiClient"],
    text: asText(api),
    load: RAMP,
    thresholds: ["failures < 1%", "GET /items/[id]: p95 < 300ms"],
  },
  websocket: {
    summary: "a WebSocket connection for each user, messages and answers",
    userClasses: ["ChatUser"],
    text: asText(websocket),
    load: RAMP,
    thresholds: ["failures < 1%", "WS message: p95 < 300ms"],
  },
  shape: {
    summary: "a load that rises and falls by a plan, with a spike",
    userClasses: ["Visitor"],
    text: asText(shape),
    load: "",
    thresholds: ["failures < 1%", "p95 < 500ms"],
  },
  checkout: {
    summary: "one journey step by step, from the first page to the order",
    userClasses: ["Customer"],
    text: asText(checkout),
    load: RAMP,
    thresholds: ["POST /orders: failures < 20%", "p95 < 500ms"],
  },
};

export function templateNamed(name: TemplateName): Template {
  return { name, ...TEMPLATES[name] };
}

export const ALL_TEMPLATES: readonly Template[] = TEMPLATE_NAMES.map(templateNamed);

/** The compiler takes the import of a module for the module itself; the attribute makes it a text. */
function asText(imported: unknown): string {
  if (typeof imported !== "string") throw new TypeError("a template was not imported as a text");
  return imported;
}
