/** @jsxImportSource preact */
/** The host in the start form, with a button that asks whether it answers. */
import { useSignal } from "@preact/signals";
import type { ApiHostCheck } from "../../src/server/answers/api_types.ts";
import type { StartModel } from "../model/start_model.ts";
import { formatNumber } from "../view/format.ts";
import { Field } from "./field.tsx";

interface HostFieldProps {
  readonly model: StartModel;
  readonly onCheckHost: (host: string) => Promise<ApiHostCheck>;
}

export function HostField({ model, onCheckHost }: HostFieldProps) {
  const { fields, problems, form } = model;
  const answer = useSignal("");
  const isGood = useSignal(true);
  const check = async () => {
    answer.value = "Asking …";
    isGood.value = true;
    try {
      const result = await onCheckHost(fields.value.host.trim());
      isGood.value = result.reachable;
      answer.value = describeCheck(result);
    } catch (error) {
      isGood.value = false;
      answer.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <>
      <Field
        label="Host"
        name="host"
        inputMode="url"
        placeholder="https://system.example"
        value={fields.value.host}
        isRequired={form.isHostRequired}
        problem={problems.value["host"]}
        hint={form.isHostMissing ? "A user class has no host of its own: it takes this one." : ""}
        onInput={(value) => {
          answer.value = "";
          model.change("host", value);
        }}
      >
        <button type="button" disabled={fields.value.host.trim() === ""} onClick={check}>Check host</button>
      </Field>
      <p class={`check ${isGood.value ? "good" : "bad"}`} role="status">{answer.value}</p>
    </>
  );
}

function describeCheck({ reachable, ms, status, error }: ApiHostCheck): string {
  if (!reachable) return `✕ No answer: ${error ?? "the host cannot be reached"}`;
  return `✓ Answers${status === undefined ? "" : ` with ${status}`} after ${
    formatNumber(ms)
  } ms, asked by the machine that runs the test`;
}
