/** The state that all screens of the live page share: the run, the API, the address, and the open dialog. */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ApiRow } from "../../src/server/answers/api_snapshot.ts";
import type { ApiForm, ApiRunState } from "../../src/server/answers/api_types.ts";
import type { ApiClient } from "../source/api_client.ts";
import { extraColumn, HIDDEN_AT_FIRST, LIVE_COLUMNS, ratesOf, withWholeRates } from "../view/live_columns.ts";
import { isOver } from "../view/top_bar.ts";
import type { LiveRun } from "./live_run.ts";
import { type PageAddress, VERDICT_KEY } from "./page_address.ts";
import { recall, remember } from "./remembered.ts";
import { createSplitModel, type SplitModel } from "./split_model.ts";
import { createTableModel, type TableModel } from "./table_model.ts";
import type { Theme } from "./theme.ts";

export type DialogName = "new" | "edit" | "reset" | "verdict" | "help" | "about";

export interface AppState {
  readonly api: ApiClient;
  readonly live: LiveRun;
  readonly form: Signal<ApiForm | undefined>;
  readonly address: PageAddress;
  readonly theme: Signal<Theme>;
  readonly areKeysOn: Signal<boolean>;
  readonly dialog: Signal<DialogName | undefined>;
  readonly state: ReadonlySignal<ApiRunState | undefined>;
  /** May steer; a spectator sees no buttons. */
  readonly isOperator: ReadonlySignal<boolean>;
  readonly table: TableModel<ApiRow>;
  readonly split: SplitModel;
  readonly total: ReadonlySignal<ApiRow | undefined>;
  /** An action that the server refused, until the next one. */
  readonly refusal: Signal<string>;
  /** Names a row that a failure leads to. */
  openRow(label: string): void;
  /** Runs an action of the reader and shows its refusal. */
  attempt(action: () => Promise<unknown>): Promise<void>;
}

export type AppParts = Pick<AppState, "api" | "live" | "address" | "theme" | "areKeysOn">;

export function createAppState({ api, live, address, theme, areKeysOn }: AppParts): AppState {
  const form = signal<ApiForm | undefined>(undefined);
  const dialog = signal<DialogName | undefined>(undefined);
  const refusal = signal("");
  const state = computed(() => live.run.value?.state);
  const over = computed(() => state.value !== undefined && isOver(state.value));
  const total = computed(() => {
    const row = live.total.value;
    return row === undefined || !over.value ? row : withWholeRates(row);
  });
  const inOrder = createNameOrder();
  const rows = computed(() => ratesOf(inOrder(live.rows.value), over.value));
  const columns = computed(() => [
    ...LIVE_COLUMNS,
    ...(form.value?.columns ?? []).map((column) => extraColumn(column, live.extra.value[column.key] ?? [])),
  ]);
  const table = createTableModel({ columns, rows, total });
  keepColumns(table, address);
  effect(() => {
    if (address.tab.value === VERDICT_KEY) dialog.value = "verdict";
  });
  return {
    api,
    live,
    form,
    address,
    theme,
    areKeysOn,
    dialog,
    state,
    isOperator: computed(() => form.value?.access.role === "operator"),
    table,
    split: createSplitModel(api.splits, live.total),
    total,
    refusal,
    openRow: (label) =>
      batch(() => {
        address.open("stats");
        table.open.value = label;
      }),
    attempt: async (action) => {
      refusal.value = "";
      try {
        await action();
      } catch (error) {
        refusal.value = error instanceof Error ? error.message : String(error);
      }
    },
  };
}

const COLUMNS_KEY = "locust-ts-hidden-columns";

/** The hidden columns stand in the address, for those who share it, and in this browser. */
function keepColumns(table: TableModel<ApiRow>, address: PageAddress): void {
  const given = address.read("hide") ?? recall(COLUMNS_KEY);
  const hidden = given === undefined ? HIDDEN_AT_FIRST : given.split("|").filter((title) => title !== "");
  table.hidden.value = new Set(hidden);
  let isFirst = true;
  effect(() => {
    const text = [...table.hidden.value].join("|");
    if (!isFirst) {
      remember(COLUMNS_KEY, text);
      address.write("hide", text === HIDDEN_AT_FIRST.join("|") ? undefined : text);
    }
    isFirst = false;
  });
}

/** Locust's order: by name, then method. It is worked out again only when there are other rows. */
function createNameOrder(): (rows: readonly ApiRow[]) => readonly ApiRow[] {
  let before: readonly ApiRow[] = [];
  let order: readonly number[] = [];
  return (rows) => {
    const isSame = rows.length === before.length && isSameRow(rows[0], before[0]) &&
      isSameRow(rows.at(-1), before.at(-1));
    if (!isSame) order = [...rows.keys()].sort((i, j) => compareRows(rows[i] as ApiRow, rows[j] as ApiRow));
    before = rows;
    return order.map((index) => rows[index] as ApiRow);
  };
}

function compareRows(a: ApiRow, b: ApiRow): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.method < b.method ? -1 : a.method > b.method ? 1 : 0;
}

function isSameRow(a: ApiRow | undefined, b: ApiRow | undefined): boolean {
  return a?.method === b?.method && a?.name === b?.name;
}
