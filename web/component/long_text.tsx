/** @jsxImportSource preact */
/** A text of others, as a failure's: with its line breaks, and cut after a few lines where it is long, until a button shows all of it. */
import { useSignal } from "@preact/signals";

interface LongTextProps {
  readonly text: string;
  /** What the button shows. */
  readonly what: string;
}

export function LongText({ text, what }: LongTextProps) {
  const isOpen = useSignal(false);
  if (!isLong(text)) return <span class="lines">{text}</span>;
  return (
    <>
      <span class={isOpen.value ? "lines" : "lines clamped"}>{text}</span>
      <button
        type="button"
        class="link needs-script"
        aria-label={`${isOpen.value ? "Show less" : "Show all"} of ${what}`}
        aria-expanded={isOpen.value}
        onClick={() => isOpen.value = !isOpen.value}
      >
        {isOpen.value ? "Show less" : "Show all"}
      </button>
    </>
  );
}

/** In a narrow column three lines hold about so much. */
const LONG = 160;
const MANY_LINES = 3;

export function isLong(text: string): boolean {
  return text.length > LONG || text.split("\n").length > MANY_LINES;
}
