/** @jsxImportSource preact */
/** A modal dialog: the browser's own, so that focus stays inside, Escape closes, and focus returns to what opened it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface ModalProps {
  readonly title: string;
  readonly kind?: "dialog" | "alertdialog";
  readonly size?: "small" | "wide";
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

export function Modal({ title, kind = "dialog", size = "small", onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const pressed = useRef<EventTarget | null>(null); // a text that is marked with the mouse up to beside the dialog is no click there
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      dialog.current?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      role={kind}
      aria-label={title}
      class={`modal ${size}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => pressed.current = event.target}
      onClick={(event) => event.target === dialog.current && pressed.current === dialog.current && onClose()}
    >
      <div class="modal-body">
        <h2>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
