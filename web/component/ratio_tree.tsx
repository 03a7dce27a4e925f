/** @jsxImportSource preact */
/** Shares as a tree: of the user classes, and of the tasks below each of them. */
import type { SummaryRatio, SummaryRatioTree } from "../../src/report/summary/summary.ts";
import { formatCount, formatShare } from "../view/format.ts";

interface TreeProps {
  readonly title: string;
  readonly tree: SummaryRatioTree;
  readonly users?: Readonly<Record<string, number>>;
  readonly level: "h2" | "h3";
}

export function RatioTree({ title, tree, users, level: Heading }: TreeProps) {
  return (
    <section class="card ratio" aria-label={title}>
      <Heading>{title}</Heading>
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
  readonly branch: SummaryRatio;
  readonly count?: number | undefined;
}

function Branch({ name, branch: { ratio, tasks = {} }, count }: BranchProps) {
  const below = Object.entries(tasks);
  return (
    <li>
      <div class="ratio-line">
        <span class="ratio-name">{name}</span>
        {count !== undefined && <span class="muted">{formatCount(count, "user")}</span>}
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
