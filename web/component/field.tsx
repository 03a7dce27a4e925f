/** @jsxImportSource preact */
/** A labelled text field with its hint and its error, which a screen reader hears with it. */
import type { ComponentChildren } from "preact";

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly problem?: string | undefined;
  readonly hint?: string;
  readonly type?: "text" | "password";
  readonly inputMode?: "numeric" | "decimal" | "url" | "text";
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
  readonly isRequired?: boolean;
  readonly hasFocus?: boolean;
  readonly suggestions?: readonly string[];
  /** Beside the field. */
  readonly children?: ComponentChildren;
}

/** Once it is drawn: what is wrong is heard with its field, and a closed group that holds it opens. */
export function focusFirstProblem(form: EventTarget | null): void {
  requestAnimationFrame(() => {
    if (!(form instanceof HTMLElement)) return;
    const wrong = form.querySelector<HTMLElement>('[aria-invalid="true"]');
    wrong?.closest("details")?.setAttribute("open", "");
    wrong?.focus();
  });
}

export function Field(props: FieldProps) {
  const { label, name, value, problem, hint = "", suggestions = [] } = props;
  const [hintId, problemId] = [`${name}-hint`, `${name}-problem`];
  const described = [hint === "" ? "" : hintId, problem === undefined ? "" : problemId].filter((id) => id !== "");
  return (
    <div class={`field${problem === undefined ? "" : " wrong"}`}>
      <label for={name}>{label}</label>
      <div class="field-row">
        <input
          id={name}
          name={name}
          {...(props.type === "password" ? { type: "password" as const } : {})}
          inputMode={props.inputMode ?? "text"}
          value={value}
          placeholder={props.placeholder ?? ""}
          disabled={props.isDisabled === true}
          required={props.isRequired === true}
          autofocus={props.hasFocus === true}
          autocomplete="off"
          spellcheck={false}
          aria-invalid={problem === undefined ? undefined : "true"}
          aria-describedby={described.length === 0 ? undefined : described.join(" ")}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
        {props.children}
      </div>
      {suggestions.length > 0 && (
        <div class="suggestions">
          {suggestions.map((each) => (
            <button key={each} type="button" class="quiet" onClick={() => props.onInput(each)}>{each}</button>
          ))}
        </div>
      )}
      {problem !== undefined && <p class="problem" id={problemId}>{problem}</p>}
      {hint !== "" && <p class="hint" id={hintId}>{hint}</p>}
    </div>
  );
}
