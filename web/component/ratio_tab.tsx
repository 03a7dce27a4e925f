/** @jsxImportSource preact */
/** Shows the shares of the user classes among the users, and of the tasks in the work of each class. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AppState } from "../model/app_state.ts";
import type { TaskRatio, TaskRatios } from "../source/api_client.ts";
import { formatNumber, formatShare } from "../view/format.ts";

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
      <RatioTree title="Ratio Per Class" tree={known.per_class} users={live.usersByClass.value} />
      <RatioTree title="Total Ratio" tree={known.total} />
    </div>
  );
}

interface TreeProps {
  readonly title: string;
  readonly tree: Readonly<Record<string, TaskRatio>>;
  readonly users?: Readonly<Record<string, number>>;
}

function RatioTree({ title, tree, users }: TreeProps) {
  return (
    <section class="card ratio">
      <h2>{title}</h2>
      <ul>
        {Object.entries(tree).map(([name, branch]) => (
          <Branch key={name} name={name} branch={branch} count={users?.[name]} />
        ))}
      </ul>
    </section>
  );
}

interface BranchProps {
  readonly name: string;
  readonly branch: TaskRatio;
  readonly count?: number | undefined;
}

function Branch({ name, branch: { ratio, tasks = {} }, count }: BranchProps) {
  const below = Object.entries(tasks);
  return (
    <li>
      <div class="ratio-line">
        <span class="ratio-name">{name}</span>
        {count !== undefined && <span class="muted">{formatNumber(count)} users</span>}
        <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect class="bar-ground" width="100" height="6" />
          <rect class="bar-fill" width={100 * ratio} height="6" />
        </svg>
        <span class="number">{formatShare(ratio)}</span>
      </div>
      {below.length > 0 && <ul>{below.map(([each, branch]) => <Branch key={each} name={each} branch={branch} />)}</ul>}
    </li>
  );
}
