/** @jsxImportSource preact */
/** The distribution of a run's users over its user classes, at the peak of each. */
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { formatNumber, formatShare } from "../view/format.ts";

export function ClassRatio({ users }: { readonly users: RunSummary["users"] }) {
  const classes = Object.entries(users.byClass).sort((a, b) => b[1] - a[1]);
  const all = classes.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return <p class="empty card">No user ran.</p>;
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Task ratio">
      <table aria-label="Ratio per class">
        <thead>
          <tr>
            <th scope="col">User class</th>
            <th scope="col" class="number">Users at the peak</th>
            <th scope="col" class="number">Ratio</th>
            <th scope="col" class="bar-column">
              <span class="hidden">Share as a bar</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {classes.map(([name, count]) => (
            <tr>
              <th scope="row" class="wrap">{name}</th>
              <td class="number">{formatNumber(count)}</td>
              <td class="number">{formatShare(count / all)}</td>
              <td class="bar-column">
                <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="bar-ground" width="100" height="6" />
                  <rect class="bar-fill" width={100 * count / all} height="6" />
                </svg>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
