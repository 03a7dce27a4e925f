/** @jsxImportSource preact */
/** The region of an open row: it takes the focus, Escape closes it, and the focus goes back to the row. What stands in it is the caller's. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isLong } from "./long_text.tsx";

interface FrameProps {
  /** Of the row: type and name. */
  readonly label: string;
  readonly level: "h2" | "h3";
  /** The label of the open row in the table. */
  readonly open: Signal<string | undefined>;
  /** A place beside the table is in sight on a wide screen: the page does not scroll to it. */
  readonly place: "beside" | "below";
  readonly children: ComponentChildren;
}

export function DetailsFrame({ label, level: Heading, open, place, children }: FrameProps) {
  const region = useRef<HTMLElement>(null);
  const isWhole = useSignal(false);
  useEffect(() => {
    region.current?.focus({ preventScroll: place === "beside" && matchMedia("(min-width: 1100px)").matches });
  }, [label]);
  const name = `Details of ${label}`;
  const close = () => {
    open.value = undefined;
    document.querySelector<HTMLElement>(`button[aria-label=${CSS.escape(name)}]`)?.focus();
  };
  return (
    <section
      class="card details"
      aria-label={name}
      tabIndex={-1}
      ref={region}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <header>
        <Heading class={isWhole.value ? undefined : "clamped"}>{label}</Heading>
        {isLong(label) && (
          <button
            type="button"
            class="link"
            aria-expanded={isWhole.value}
            onClick={() => isWhole.value = !isWhole.value}
          >
            {isWhole.value ? "Less" : "Whole name"}
          </button>
        )}
        <button type="button" onClick={close}>Close</button>
      </header>
      {children}
    </section>
  );
}
