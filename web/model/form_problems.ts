/**
 * Keeps what a form shows to be wrong with it: what it finds itself, in a field that was touched or in all of them once the button was
 * pressed, and what the server has refused.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { RequestFailed } from "../source/api_client.ts";

/** By field. */
export type Problems = Readonly<Record<string, string>>;

export interface FormProblems {
  readonly shown: ReadonlySignal<Problems>;
  /** What the server said, where it belongs to no field. */
  readonly refusal: Signal<string>;
  /** The reader has changed this field: what the server said of it is out of date. */
  touch(name: string): void;
  /** The button was pressed. */
  press(): void;
  /** Puts the refusal of the server to its field, if the form has a place for it. `placeOf`: the field of a key of the request and its sentence. */
  noteRefusal(error: unknown, placeOf: (key: string, text: string) => string | undefined): void;
}

/** `own`: what the form finds itself, touched or not. */
export function createFormProblems(own: ReadonlySignal<Problems>): FormProblems {
  const touched = signal<ReadonlySet<string>>(new Set());
  const isPressed = signal(false);
  const refused = signal<Problems>({});
  const refusal = signal("");
  return {
    refusal,
    shown: computed(() => {
      const found = Object.entries(own.value).filter(([name]) => isPressed.value || touched.value.has(name));
      const said = Object.entries(refused.value).filter(([, text]) => text !== "");
      return Object.fromEntries([...found, ...said]);
    }),
    touch: (name) => {
      touched.value = new Set([...touched.value, name]);
      if (refused.value[name] !== undefined) refused.value = { ...refused.value, [name]: "" };
      refusal.value = "";
    },
    press: () => isPressed.value = true,
    noteRefusal: (error, placeOf) => {
      const key = error instanceof RequestFailed ? error.field : undefined;
      const text = error instanceof Error ? error.message : String(error);
      const field = key === undefined ? undefined : placeOf(key, text);
      if (field === undefined) refusal.value = text;
      else refused.value = { ...refused.value, [field]: text };
    },
  };
}
