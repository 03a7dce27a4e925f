/**
 * The login page: the password of the web UI, or what the locustfile asks for. It works without JavaScript; its style
 * is allowed by its hash; its addresses are relative, so that they are right below any path of a proxy. Pure.
 */
import { createHash } from "node:crypto";
import { LOGIN_STYLE } from "./login_style.ts";
import type { WebLoginDescription, WebLoginInput } from "../../protocol/web_ui_message.ts";

export interface PlainPage {
  readonly html: string;
  /** The Content-Security-Policy that goes with it. */
  readonly policy: string;
}

/** The login of the web UI itself. */
export const PASSWORD_LOGIN: WebLoginDescription = {
  title: "locust-ts",
  info: "",
  inputs: [{ name: "password", label: "Password", kind: "password", choices: [], value: "", isRequired: true }],
  submitText: "Log in",
  providers: [],
};

export interface LoginPageInput {
  readonly login: WebLoginDescription;
  /** Where the login leads. */
  readonly next: string;
  /** Why the last try did not work. */
  readonly problem: string | undefined;
}

export function renderLoginPage({ login, next, problem }: LoginPageInput): PlainPage {
  const { title, info, inputs, submitText, providers } = login;
  const address = (href: string) => escapeHtml(href.startsWith("/") ? `.${href}` : href);
  const alert = problem === undefined ? "" : `<p class="problem" role="alert">${escapeHtml(problem)}</p>`;
  const html = [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Log in · ${
      escapeHtml(title)
    }</title><link rel="icon" href="data:,"><style>${LOGIN_STYLE}</style></head><body><main>`,
    `${title === PASSWORD_LOGIN.title ? "" : '<p class="product">locust-ts</p>'}<h1>${escapeHtml(title)}</h1>${
      info === "" ? "" : `<div class="info">${escapeHtml(info)}</div>`
    }${alert}`,
    ...(inputs.length === 0 ? [] : [
      '<form method="post" action="login">',
      ...inputs.map(renderInput),
      `<input name="next" type="hidden" value="${escapeHtml(next)}"><button>${escapeHtml(submitText)}</button></form>`,
    ]),
    ...providers.map(({ label, href, icon }) => {
      const image = icon === "" ? "" : `<img src="${address(icon)}" alt="">`;
      return `<a class="provider" href="${address(href)}">${image}${escapeHtml(label)}</a>`;
    }),
    "</main></body></html>",
  ].join("");
  return { html, policy: pagePolicy({ style: LOGIN_STYLE }) };
}

function renderInput({ name, label, kind, choices, value, isRequired }: WebLoginInput, index: number): string {
  const id = `field-${index}`;
  const shown = escapeHtml(label);
  const focus = index === 0 ? " autofocus" : "";
  const common = `id="${id}" name="${escapeHtml(name)}"${isRequired ? " required" : ""}${focus}`;
  if (kind === "checkbox") {
    return `<label class="check"><input ${common} type="checkbox" value="true"${
      value === "true" ? " checked" : ""
    }>${shown}</label>`;
  }
  const before = `<label for="${id}">${shown}</label>`;
  if (kind === "choice" || kind === "choices") {
    const options = choices.map((each) => `<option${each === value ? " selected" : ""}>${escapeHtml(each)}</option>`)
      .join("");
    return `${before}<select ${common}${kind === "choices" ? " multiple" : ""}>${options}</select>`;
  }
  const complete = kind === "password" ? "current-password" : "username";
  return `${before}<input ${common} type="${kind}" autocomplete="${complete}" value="${escapeHtml(value)}">`;
}

/** Allows a page its own inline parts, and requests to this server. */
export function pagePolicy({ script, style }: { readonly script?: string; readonly style: string }): string {
  return [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`, "connect-src 'self'"]),
    `style-src '${hashOf(style)}'`,
    "img-src 'self' data: blob:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function hashOf(content: string): string {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

export function escapeHtml(content: string): string {
  return content.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
}
