/** @jsxImportSource preact */
/** The run as files, as of now: Locust's, and ours. A file that this run does not have is not offered, such as a journal. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ApiFileName } from "../../src/server/api_types.ts";
import type { AppState } from "../model/app_state.ts";

const FILES: readonly (readonly [title: string, href: string, what: string])[] = [
  [
    "Download Report",
    "api/v1/files/html",
    "One page with charts, tables and the verdict. It opens from disk and can be sent to others.",
  ],
  ["Download requests CSV", "stats/requests/csv", "Locust's columns, one line for each row of the statistics"],
  ["Download failures CSV", "stats/failures/csv", "Each kind of failure with its count"],
  ["Download exceptions CSV", "exceptions/csv", "Exceptions of the locustfile"],
  ["Download full history CSV", file("history.csv"), "One line a second"],
  ["Download summary JSON", file("summary"), "Everything that was measured, for programs"],
  ["Download Markdown summary", file("markdown"), "Fits into a comment or a ticket"],
  ["Download JUnit XML", file("junit"), "Thresholds and verdict as test cases, for CI"],
  ["Download journal", file("journal"), "The run itself: locust-ts report and locust-ts compare read it"],
];

function file(name: ApiFileName): string {
  return `api/v1/files/${name}`;
}

export function DownloadsTab({ app: { live, api, form } }: { readonly app: AppState }) {
  const missing = useSignal<ReadonlySet<string>>(new Set());
  const runId = live.run.value?.runId ?? null;
  useEffect(() => {
    let isStale = false;
    Promise.all(FILES.map(async ([, href]) => await api.isThere(href) ? "" : href)).then((gone) => {
      if (!isStale) missing.value = new Set(gone);
    });
    return () => isStale = true;
  }, [runId]);
  if (runId === null) return <p class="card empty">There is nothing to download before the first run.</p>;
  return (
    <ul class="card downloads">
      {FILES.filter(([, href]) => !missing.value.has(href)).map(([title, href, what]) => (
        <li key={title}>
          <a href={href} download="">{title}</a>
          <span class="muted">{what}</span>
        </li>
      ))}
      {(form.value?.downloads ?? []).map(({ title, href }) => (
        <li key={title}>
          <a href={href} {...(/^https?:/.test(href) ? { target: "_blank", rel: "noreferrer" } : { download: "" })}>
            {title}
          </a>
          <span class="muted">Of the locustfile</span>
        </li>
      ))}
    </ul>
  );
}
