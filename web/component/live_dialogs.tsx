/** @jsxImportSource preact */
/** The dialogs of the live page: a new test, an edit, the question before a reset, the verdict, help, and what the program is. */
import { useSignal } from "@preact/signals";
import type { AppState } from "../model/app_state.ts";
import { TABS, VERDICT_KEY } from "../model/page_address.ts";
import { EditForm } from "./edit_form.tsx";
import { Modal } from "./modal.tsx";
import { StartForm } from "./start_form.tsx";
import { VerdictPanel } from "./verdict_panel.tsx";

export function LiveDialogs({ app }: { readonly app: AppState }) {
  const { dialog, form, live, address } = app;
  const close = () => {
    dialog.value = undefined;
    if (address.tab.value === VERDICT_KEY) address.open("stats");
  };
  const verdict = live.run.value?.verdict ?? null;
  switch (dialog.value) {
    case "new":
      return form.value === undefined ? null : (
        <Modal title="New load test" size="wide" onClose={close}>
          <NewTest app={app} onStarted={close} />
          <div class="modal-actions">
            <button type="button" onClick={close}>Cancel</button>
          </div>
        </Modal>
      );
    case "edit":
      return (
        <Modal title="Edit running load test" onClose={close}>
          <EditForm app={app} onClose={close} />
        </Modal>
      );
    case "reset":
      return <ResetQuestion app={app} onClose={close} />;
    case "verdict":
      return verdict === null ? null : (
        <Modal title="Verdict" size="wide" onClose={close}>
          <VerdictPanel verdict={verdict} />
          <div class="modal-actions">
            <button type="button" onClick={close}>Close</button>
          </div>
        </Modal>
      );
    case "help":
      return <Help app={app} onClose={close} />;
    case "about":
      return <About app={app} onClose={close} />;
    case undefined:
      return null;
  }
}

interface NewTestProps {
  readonly app: AppState;
  readonly onStarted: () => void;
}

/** The start form with its actions on the server; the state of the run comes back by events. */
export function NewTest({ app: { api, form, live }, onStarted }: NewTestProps) {
  if (form.value === undefined) return null;
  return (
    <StartForm
      form={form.value}
      workers={live.run.value?.readyWorkers ?? 0}
      onCheckHost={(host) => api.checkHost(host)}
      onEditClass={(name, edit) => api.editClass(name, edit)}
      onStart={async (request) => {
        live.noteRun(await api.start(request));
        onStarted();
        form.value = await api.form(); // the next start begins with these values
      }}
    />
  );
}

interface QuestionProps {
  readonly app: AppState;
  readonly onClose: () => void;
}

function ResetQuestion({ app, onClose }: QuestionProps) {
  const reset = () => {
    onClose();
    void app.attempt(() => app.api.reset());
  };
  return (
    <Modal title="Reset statistics" kind="alertdialog" onClose={onClose}>
      <p>All rows, failures and exceptions of this run are thrown away; counting begins anew. The charts stay.</p>
      <div class="modal-actions">
        <button type="button" onClick={onClose}>Cancel</button>
        <button type="button" class="danger" onClick={reset}>Reset</button>
      </div>
    </Modal>
  );
}

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ["?", "This help"],
  ["/", "Filter of the table"],
  ["e", "Edit the running test"],
  ["Esc", "Close what is open"],
  ["Enter", "Start, in the form"],
];

function Help({ app, onClose }: QuestionProps) {
  const isOn = useSignal(app.areKeysOn.value);
  const toggle = () => {
    isOn.value = !isOn.value;
    app.areKeysOn.value = isOn.value;
  };
  const tabs = TABS.flatMap(({ letter, title }) => letter === undefined ? [] : [[`g ${letter}`, title] as const]);
  return (
    <Modal title="Help" onClose={onClose}>
      <table class="small keys" aria-label="Keys">
        <tbody>
          {[...KEYS, ...tabs].map(([key, what]) => (
            <tr key={key}>
              <th scope="row">{key.split(" ").map((each) => <kbd key={each}>{each}</kbd>)}</th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="check-field">
        <input type="checkbox" checked={isOn.value} onChange={toggle} />
        Keys are on
      </label>
      <div class="modal-actions">
        <button type="button" onClick={onClose}>Close</button>
      </div>
    </Modal>
  );
}

function About({ app: { form }, onClose }: QuestionProps) {
  const { version = "", runtime = "" } = form.value?.program ?? {};
  return (
    <Modal title="About locust-ts" onClose={onClose}>
      <dl class="about">
        <dt>Version</dt>
        <dd>{version}</dd>
        <dt>Runtime</dt>
        <dd>{runtime}</dd>
        <dt>Licence</dt>
        <dd>MIT</dd>
      </dl>
      <p>
        It contains software of others, each under its own licence. <a href="licenses" target="_blank">Licences</a>
      </p>
      <div class="modal-actions">
        <button type="button" onClick={onClose}>Close</button>
      </div>
    </Modal>
  );
}
