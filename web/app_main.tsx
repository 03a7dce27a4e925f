/** @jsxImportSource preact */
/** Entry of the web UI's script: connects to the program that served the page, and draws what it says. */
import { effect } from "@preact/signals";
import { render } from "preact";
import type { ApiForm } from "../src/server/answers/api_types.ts";
import { App } from "./component/app.tsx";
import { createAppState } from "./model/app_state.ts";
import { createLiveRun } from "./model/live_run.ts";
import { completeAddress, createPageAddress } from "./model/page_address.ts";
import { createShortcutSwitch, listenForShortcuts } from "./model/shortcuts.ts";
import { createTheme } from "./model/theme.ts";
import { createApiClient } from "./source/api_client.ts";
import { followEvents } from "./source/event_stream.ts";
import { setLocale } from "./view/format.ts";
import { documentTitle, iconOf } from "./view/top_bar.ts";

const root = document.getElementById("app");
if (root !== null) start(root);

function start(root: HTMLElement): void {
  setLocale(navigator.language);
  completeAddress(window);
  document.documentElement.classList.add("script", "live");
  let isLeaving = false;
  const logIn = () => {
    if (!isLeaving) location.assign(`login?next=${encodeURIComponent(`/${location.search}`)}`);
  };
  const fetchFrom: typeof fetch = (input, init) => fetch(input, init);
  const client = createApiClient(fetchFrom, logIn);
  const logOut = () => {
    isLeaving = true; // the stream ends with the session, and must not lead elsewhere
    return client.logOut().catch((error) => {
      isLeaving = false;
      throw error;
    });
  };
  const api = { ...client, logOut };
  const live = createLiveRun(api);
  const app = createAppState({
    api,
    live,
    address: createPageAddress(window),
    theme: createTheme(),
    areKeysOn: createShortcutSwitch(),
  });
  render(<App app={app} />, root);
  const takeForm = (form: ApiForm) => {
    // The same form again must not throw away what was typed into it.
    if (JSON.stringify(form) !== JSON.stringify(app.form.value)) app.form.value = form;
  };
  const loadForm = () => void api.form().then(takeForm, () => {}); // asked for again once connected
  void followEvents({
    url: "api/v1/events",
    fetch: fetchFrom,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
      }),
    onEvent: (event) => live.onEvent(event),
    onState: (state) => {
      live.connection.value = state;
      if (state === "live") {
        loadForm(); // a server that was restarted may run another locustfile
        void live.catchUp();
      }
    },
    onLoginNeeded: logIn,
  }, new AbortController().signal);
  listenForShortcuts(document, app.areKeysOn, (action) => {
    if (action.kind === "tab") return app.address.open(action.key);
    if (action.kind === "help") return void (app.dialog.value = "help");
    if (action.kind === "filter") return document.querySelector<HTMLElement>('input[type="search"]')?.focus();
    const isRunning = app.state.value === "running" || app.state.value === "spawning";
    const isFree = live.run.value?.runId != null && live.run.value.plan?.shape == null &&
      live.capacity.value === undefined;
    if (isRunning && app.isOperator.value && isFree) app.dialog.value = "edit";
  });
  effect(() => {
    // What others have started or edited meanwhile is what these forms begin with.
    if (app.dialog.value === "new" || app.dialog.value === "edit") loadForm();
  });
  effect(() => showState(app.form.value?.program.locustfile ?? "", live));
}

/** The title of the document and its icon: what a tab in the background says. */
function showState(locustfile: string, { run, total, window }: ReturnType<typeof createLiveRun>): void {
  if (run.value === undefined) return;
  const state = { run: run.value, total: total.value, window: window.value };
  document.title = documentTitle(state, locustfile);
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const icon = iconOf(state);
  if (link !== null && link.href !== icon) link.href = icon;
}
