/** @jsxImportSource preact */
/** A tab that a locustfile adds: a table of its data. Texts stay texts. */
import type { ApiExtraTab } from "../../src/server/answers/api_types.ts";
import { formatValue, NONE } from "../view/format.ts";

interface ExtraTabProps {
  readonly tab: ApiExtraTab | undefined;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export function ExtraTab({ tab, rows }: ExtraTabProps) {
  if (tab === undefined || rows.length === 0) return <p class="card empty">No data yet.</p>;
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label={`${tab.title}, scrolling`}>
      <table aria-label={tab.title}>
        <thead>
          <tr>
            {tab.columns.map(({ key, title }) => (
              <th key={key} scope="col" class={typeof rows[0]?.[key] === "number" ? "number" : undefined}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {tab.columns.map(({ key }) => (
                <td key={key} class={typeof row[key] === "number" ? "number" : "wrap"}>{cellText(row[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return NONE;
  if (typeof value === "number") return formatValue(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
