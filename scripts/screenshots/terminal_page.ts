/** A terminal's lines as an HTML page: a dark window on nothing, so that it can stand on a light page and on a dark one. Pure. */
import type { Colour, Span } from "./terminal_screen.ts";

const COLOURS: Readonly<Record<Colour, string>> = {
  red: "#ff7b72",
  green: "#56d364",
  yellow: "#e3b341",
  blue: "#79c0ff",
  magenta: "#d2a8ff",
  cyan: "#76e3ea",
};

const STYLE = `
  html { background: transparent; }
  body { margin: 0; display: inline-block; }
  pre { margin: 0; padding: 14px 18px; border: 1px solid #484f58; border-radius: 8px; background: #0d1117; color: #e6edf3;
    font: 13px/1.4 "DejaVu Sans Mono", monospace; }
  b { font-weight: 700; }
  i { font-style: normal; opacity: 0.6; }
`;

export function formatTerminalPage(lines: readonly (readonly Span[])[]): string {
  const text = lines.map((spans) => spans.map(formatSpan).join("")).join("\n");
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><body><pre>${text}</pre></body>`;
}

function formatSpan({ text, style }: Span): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const coloured = style.colour === undefined
    ? escaped
    : `<span style="color: ${COLOURS[style.colour]}">${escaped}</span>`;
  const dimmed = style.isDim ? `<i>${coloured}</i>` : coloured;
  return style.isBold ? `<b>${dimmed}</b>` : dimmed;
}
