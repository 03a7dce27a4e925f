/** @jsxImportSource preact */
/** A figure: its name, its legend, the drawing, its data as a table, and both as files. */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { csvLine } from "../../src/base/text/csv_text.ts";
import { downloadBlob, downloadText, fileNameOf } from "../source/download.ts";
import { type Chart, tabulate } from "../view/chart.ts";
import { NONE } from "../view/format.ts";
import { ChartLegend } from "./chart_legend.tsx";
import { Plot } from "./plot.tsx";
import { StaticPlot } from "./static_plot.tsx";

export interface ChartFigureProps {
  readonly chart: Chart;
  readonly theme: Signal<unknown>;
  readonly sync?: string;
  readonly size?: "small";
  /** The run is on: the legend has its newest values. */
  readonly isLive?: true;
}

export function ChartFigure({ chart, theme, sync, size, isLive }: ChartFigureProps) {
  const isAlive = useSignal(false);
  const cursor = useSignal<number | undefined>(undefined);
  const isLog = useSignal(false);
  const canvas = useRef<HTMLCanvasElement | undefined>(undefined);
  useEffect(() => {
    isAlive.value = true;
  }, []);
  const isEmpty = chart.lines.every(({ values }) => values.every((value) => value === null));
  const savePng = () =>
    canvas.current?.toBlob((blob) => blob !== null && downloadBlob(fileNameOf(chart.title, "png"), blob));
  const scale = chart.hasLogScale !== true ? null : (
    <button
      type="button"
      aria-pressed={isLog.value}
      aria-label={`Log scale of ${chart.title}`}
      onClick={() => isLog.value = !isLog.value}
    >
      Log scale
    </button>
  );
  return (
    <Figure
      title={chart.title}
      caption={chart.caption ?? chart.title}
      unit={chart.unit}
      data={() => tabulate(chart)}
      tools={scale}
      {...(isEmpty ? {} : { savePng })}
    >
      <ChartLegend chart={chart} cursor={cursor} showsNewest={isLive === true} />
      {isEmpty
        ? <p class="empty">Nothing was measured.</p>
        : !isAlive.value
        ? <StaticPlot chart={chart} />
        : (
          <div class="by-medium">
            <Plot
              chart={chart}
              theme={theme}
              {...(sync === undefined ? {} : { sync })}
              height={size === "small" ? 150 : 240}
              yScale={isLog.value ? "log" : "linear"}
              cursor={cursor}
              onReady={(drawn) => canvas.current = drawn}
            />
            {isLive !== true && (
              <div class="on-paper">
                <StaticPlot chart={chart} />
              </div>
            )}
          </div>
        )}
    </Figure>
  );
}

export interface FigureData {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (number | string | null)[])[];
}

export interface FigureProps {
  readonly title: string;
  readonly caption?: string;
  readonly unit: string;
  /** Made only when it is asked for. */
  readonly data: () => FigureData;
  readonly savePng?: () => void;
  /** More buttons, before the others. */
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Figure({ title, caption = title, unit, data, savePng, tools, children }: FigureProps) {
  const isOpen = useSignal(false);
  const saveCsv = () => {
    const { head, rows } = data();
    const lines = [head, ...rows].map(csvLine); // names of rows may be formulas
    downloadText(fileNameOf(title, "csv"), "text/csv", lines.join(""));
  };
  return (
    <figure class="card figure" aria-label={title}>
      <figcaption>
        <h3>{caption}{unit !== "" && <span class="unit">{unit}</span>}</h3>
        <div class="tools needs-script">
          {tools}
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
      {isOpen.value && <DataTable title={title} data={data()} />}
    </figure>
  );
}

function DataTable({ title, data }: { readonly title: string; readonly data: FigureData }) {
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
