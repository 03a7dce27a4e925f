/** @jsxImportSource preact */
/** A figure: its name, its legend, the drawing, its data as a table, and both as files. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { downloadBlob, downloadText, fileNameOf } from "../source/download.ts";
import { type Chart, tabulate } from "../view/chart.ts";
import { NONE } from "../view/format.ts";
import { Plot } from "./plot.tsx";
import { StaticPlot } from "./static_plot.tsx";

export interface ChartFigureProps {
  readonly chart: Chart;
  readonly theme: Signal<unknown>;
  readonly sync?: string;
  readonly size?: "small";
}

export function ChartFigure({ chart, theme, sync, size }: ChartFigureProps) {
  const isAlive = useSignal(false);
  const canvas = useRef<HTMLCanvasElement | undefined>(undefined);
  useEffect(() => {
    isAlive.value = true;
  }, []);
  const isEmpty = chart.lines.every(({ values }) => values.every((value) => value === null));
  const savePng = () =>
    canvas.current?.toBlob((blob) => blob !== null && downloadBlob(fileNameOf(chart.title, "png"), blob));
  return (
    <Figure title={chart.title} unit={chart.unit} data={tabulate(chart)} {...(isEmpty ? {} : { savePng })}>
      <ul class="legend">
        {chart.lines.map(({ label, ink }) => (
          <li>
            <svg class={`swatch ink-${ink}`} viewBox="0 0 22 8" aria-hidden="true">
              <line class="line" x1="0" x2="22" y1="4" y2="4" />
            </svg>
            {label}
          </li>
        ))}
      </ul>
      {isEmpty ? <p class="empty">Nothing was measured.</p> : isAlive.value
        ? (
          <Plot
            chart={chart}
            theme={theme}
            {...(sync === undefined ? {} : { sync })}
            height={size === "small" ? 150 : 240}
            onReady={(drawn) => canvas.current = drawn}
          />
        )
        : <StaticPlot chart={chart} />}
    </Figure>
  );
}

export interface FigureProps {
  readonly title: string;
  readonly unit: string;
  readonly data: { readonly head: readonly string[]; readonly rows: readonly (readonly (number | string | null)[])[] };
  readonly savePng?: () => void;
  readonly children: ComponentChildren;
}

export function Figure({ title, unit, data, savePng, children }: FigureProps) {
  const isOpen = useSignal(false);
  const saveCsv = () => {
    const lines = [data.head, ...data.rows].map((row) => row.map(csvCell).join(","));
    downloadText(fileNameOf(title, "csv"), "text/csv", `${lines.join("\r\n")}\r\n`);
  };
  return (
    <figure class="card figure" aria-label={title}>
      <figcaption>
        <h3>{title}{unit !== "" && <span class="unit">{unit}</span>}</h3>
        <div class="tools needs-script">
          <button
            type="button"
            aria-expanded={isOpen.value}
            aria-label={`Show data of ${title}`}
            onClick={() => isOpen.value = !isOpen.value}
          >
            Data
          </button>
          {savePng !== undefined &&
            <button type="button" aria-label={`Download ${title} as PNG`} onClick={savePng}>PNG</button>}
          <button type="button" aria-label={`Download ${title} as CSV`} onClick={saveCsv}>CSV</button>
        </div>
      </figcaption>
      {children}
      {isOpen.value && <DataTable title={title} data={data} />}
    </figure>
  );
}

function DataTable({ title, data }: Pick<FigureProps, "title" | "data">) {
  return (
    <div class="scroll data" tabIndex={0} role="group" aria-label={`Data of ${title}`}>
      <table aria-label={`${title}, data`}>
        <thead>
          <tr>{data.head.map((head) => <th scope="col" class="number">{head}</th>)}</tr>
        </thead>
        <tbody>
          {data.rows.map((row) => <tr>{row.map((cell) => <td class="number">{dataCell(cell)}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function dataCell(cell: number | string | null): string {
  return cell === null ? NONE : typeof cell === "string" ? cell : String(Math.round(cell * 1000) / 1000);
}

function csvCell(cell: number | string | null): string {
  if (cell === null) return "";
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
