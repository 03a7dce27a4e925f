/** @jsxImportSource preact */
/** The live page: the top bar, the start form or the tabs, the foot, the dialogs, and what has gone wrong. */
import type { AppState } from "../model/app_state.ts";
import { LiveDialogs, NewTest } from "./live_dialogs.tsx";
import { LiveTabs } from "./live_tabs.tsx";
import { LiveTopBar } from "./live_top_bar.tsx";

export function App({ app }: { readonly app: AppState }) {
  const { live, form, refusal } = app;
  const run = live.run.value;
  return (
    <>
      <LiveTopBar app={app} />
      <div class="alerts">
        {live.connection.value === "lost" && (
          <p class="alert-line" role="alert">
            <strong>Connection lost.</strong>{" "}
            The figures below are the last ones that arrived. The page connects again by itself.
          </p>
        )}
        {refusal.value !== "" && (
          <p class="alert-line" role="alert">
            {refusal.value}
            <button type="button" class="quiet" onClick={() => refusal.value = ""}>Dismiss</button>
          </p>
        )}
      </div>
      <main>
        {run === undefined || form.value === undefined
          ? <p class="empty waiting">{live.connection.value === "lost" ? "Waiting for the server …" : "Loading …"}</p>
          : run.state === "ready"
          ? <ReadyScreen app={app} />
          : <LiveTabs app={app} />}
      </main>
      <footer class="page-foot">
        <button type="button" class="quiet" onClick={() => app.dialog.value = "about"}>About</button>
      </footer>
      <LiveDialogs app={app} />
    </>
  );
}

function ReadyScreen({ app }: { readonly app: AppState }) {
  return (
    <div class="ready">
      {app.isOperator.value
        ? (
          <section class="card start-card" aria-labelledby="start-title">
            <h2 id="start-title">Start a new load test</h2>
            <NewTest app={app} onStarted={() => {}} />
          </section>
        )
        : <p class="card empty">The test has not been started yet. This page shows it as soon as it runs.</p>}
      <ReadyTabs app={app} />
    </div>
  );
}

/** Before the first run there are no figures; workers and logs can be looked at. */
function ReadyTabs({ app: { live } }: { readonly app: AppState }) {
  const errors = live.logs.value.filter(({ level }) => level === "ERROR" || level === "CRITICAL").slice(-5);
  if (errors.length === 0) return null;
  return (
    <section class="card ready-log" aria-label="Errors so far">
      {errors.map(({ id, text }) => <p key={id} class="log-error">{text}</p>)}
    </section>
  );
}
