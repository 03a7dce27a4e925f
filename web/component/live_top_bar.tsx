/** @jsxImportSource preact */
/** The top bar of the live page: what is tested, the state of the run, its figures, and what can be done now. */
import type { AppState } from "../model/app_state.ts";
import { toggleTheme } from "../model/theme.ts";
import {
  describeState,
  isBeingPrepared,
  isOver,
  progressOf,
  STATE_WORDS,
  type TopFigure,
  topFigures,
} from "../view/top_bar.ts";

export function LiveTopBar({ app }: { readonly app: AppState }) {
  const { live, form } = app;
  const run = live.run.value;
  if (run === undefined) return null;
  const figures = topFigures({
    run,
    total: live.total.value,
    window: live.window.value,
    pace: live.pace.value,
    arrivals: live.arrivals.value,
    iterations: live.iterations.value,
  });
  const progress = progressOf(run);
  const host = run.plan?.host ?? form.value?.defaults.host ?? "";
  return (
    <header class="live-bar">
      <div class="bar-row">
        <div class="bar-title">
          <h1>{form.value?.program.locustfile ?? "locust-ts"}</h1>
          <p class="muted" title={host}>{host === "" ? "hosts of the user classes" : host}</p>
        </div>
        <div class="bar-state">
          <span class={`state-mark state-${run.state}`} aria-hidden="true" />
          <p role="status" aria-label="Run state">
            <strong>{STATE_WORDS[run.state]}</strong>{" "}
            <span class="muted">
              {describeState(
                run,
                live.arrivals.value === undefined ? "users" : "alsoArrivals",
                form.value?.program.expectedWorkers,
              )}
            </span>
          </p>
        </div>
        {run.state !== "ready" && (
          <dl class="bar-figures">{figures.map((figure) => <BarFigure key={figure.label} figure={figure} />)}</dl>
        )}
        <BarButtons app={app} />
      </div>
      <div class="progress" aria-hidden="true">
        {progress !== undefined && <i style={{ transform: `scaleX(${progress})` }} />}
      </div>
    </header>
  );
}

function BarFigure({ figure: { label, value, unit, note, isBad } }: { readonly figure: TopFigure }) {
  return (
    <div class={`bar-figure figure-${label.toLowerCase()}${isBad ? " bad" : ""}`}>
      <dt>{label}</dt>
      <dd>
        <span class="value">{value}</span>
        {unit !== "" && <span class="unit">{unit}</span>}
        <span class="figure-note">{note}</span>
      </dd>
    </div>
  );
}

function BarButtons({ app }: { readonly app: AppState }) {
  const { live, form, dialog, theme, api } = app;
  const run = live.run.value;
  const state = run?.state;
  const whatDecides = run !== undefined && isBeingPrepared(run)
    ? "The run is being prepared"
    : run?.plan?.shape != null
    ? "A load shape decides the number of users"
    : live.capacity.value !== undefined
    ? "A capacity search decides the load; Stop ends it"
    : undefined;
  const whyNoReset = run === undefined || isBeingPrepared(run)
    ? "The run is being prepared"
    : isOver(run.state)
    ? "The run is over: its figures stay until the next one"
    : undefined;
  const verdict = run?.verdict ?? null;
  const stop = () => app.attempt(async () => live.noteRun(await api.stop()));
  const logOut = () =>
    app.attempt(async () => {
      await api.logOut();
      location.assign("login");
    });
  return (
    <div class="bar-buttons">
      {app.isOperator.value && (state === "spawning" || state === "running") && (
        <>
          <button
            type="button"
            disabled={whatDecides !== undefined}
            title={whatDecides}
            onClick={() => dialog.value = "edit"}
          >
            Edit
          </button>
          <button type="button" class="danger" onClick={stop}>Stop</button>
        </>
      )}
      {app.isOperator.value && state === "stopping" && <button type="button" disabled>Stop</button>}
      {app.isOperator.value && state === "stopped" && (
        <button
          type="button"
          class="primary"
          onClick={() => dialog.value = "new"}
        >
          New
        </button>
      )}
      {app.isOperator.value && state !== "ready" && (
        <button
          type="button"
          disabled={whyNoReset !== undefined}
          title={whyNoReset}
          onClick={() => dialog.value = "reset"}
        >
          Reset
        </button>
      )}
      {verdict !== null && state !== "ready" && (
        <button
          type="button"
          class={`verdict-button verdict-${verdict.kind}`}
          onClick={() => dialog.value = "verdict"}
        >
          <span class="badge" aria-hidden="true">{{ valid: "✓", degraded: "!", invalid: "✕" }[verdict.kind]}</span>
          Verdict: {verdict.kind}
        </button>
      )}
      <button
        type="button"
        class="icon"
        aria-label="Dark mode"
        title="Dark mode"
        aria-pressed={theme.value === "dark"}
        onClick={() => toggleTheme(theme)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" />
          <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        </svg>
      </button>
      <button type="button" class="icon" aria-label="Help" title="Help (?)" onClick={() => dialog.value = "help"}>
        ?
      </button>
      {form.value?.access.hasLogin === true && <button type="button" class="quiet" onClick={logOut}>Log out</button>}
    </div>
  );
}
