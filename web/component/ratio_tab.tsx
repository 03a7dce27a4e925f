/** @jsxImportSource preact */
/** Shows the shares of the user classes among the users, and of the tasks in the work of each class. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AppState } from "../model/app_state.ts";
import type { TaskRatios } from "../source/api_client.ts";
import { RatioTree } from "./ratio_tree.tsx";

const REFRESH_TICKS = 5;

export function RatioTab({ app: { api, live, state } }: { readonly app: AppState }) {
  const ratios = useSignal<TaskRatios | undefined>(undefined);
  const step = Math.floor(live.historyVersion.value / REFRESH_TICKS);
  useEffect(() => {
    let isStale = false;
    api.ratios().then((answer) => {
      if (!isStale) ratios.value = answer;
    }, () => {}); // the next step asks again
    return () => isStale = true;
  }, [step, state.value]);
  const known = ratios.value;
  if (known === undefined) return <p class="card empty">Asking …</p>;
  return (
    <div class="two-columns">
      <RatioTree title="Ratio Per Class" tree={known.per_class} users={live.usersByClass.value} level="h2" />
      {Object.keys(known.total).length > 0 && <RatioTree title="Total Ratio" tree={known.total} level="h2" />}
    </div>
  );
}
