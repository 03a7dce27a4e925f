/** @jsxImportSource preact */
/** The run as files, as of now: Locust's, and ours. The server says which ones there are: not every run has a journal. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ApiFileName } from "../../src/server/answers/api_types.ts";
import type { AppState } from "../model/app_state.ts";

interface Download {
  readonly name: ApiFileName;
  readonly title: string;
  readonly what: string;
  /** Locust's own address, where it has one: the file has Locust's name then. */
  readonly href?: string;
}

const DOWNLOADS: readonly Download[] = [
  {
    name: "html",
    title: "Download Report",
    what: "One page with charts, tables and the verdict. It opens from disk and can be sent to others.",
  },
  {
    name: "csv",
    title: "Download requests CSV",
    what: "Locust's columns, one line for each row of the statistics",
    href: "stats/requests/csv",
  },
  {
    name: "failures.csv",
    title: "Download failures CSV",
    what: "Each kind of failure with its count",
    href: "stats/failures/csv",
  },
  {
    name: "exceptions.csv",
    title: "Download exceptions CSV",
    what: "Exceptions of the locustfile",
    href: "exceptions/csv",
  },
  { name: "history.csv", title: "Download full history CSV", what: "One line a second" },
  { name: "summary", title: "Download summary JSON", what: "Everything that was measured, for programs" },
  { name: "markdown", title: "Download Markdown summary", what: "Fits into a comment or a ticket" },
  { name: "junit", title: "Download JUnit XML", what: "Thresholds and verdict as test cases, for CI" },
  {
    name: "journal",
    title: "Download journal",
    what: "The run itself: locust-ts report and locust-ts compare read it",
  },
];

export function DownloadsTab({ app: { live, api, form } }: { readonly app: AppState }) {
  const files = useSignal<readonly ApiFileName[] | undefined>(undefined);
  const runId = live.run.value?.runId ?? null;
  const hasTicked = (live.run.value?.elapsedMs ?? 0) > 0;
  useEffect(() => {
    let isStale = false;
    api.files().then((answer) => {
      if (!isStale) files.value = answer.files;
    }, () => {}); // the connection is watched elsewhere
    return () => isStale = true;
  }, [runId, hasTicked, live.connection.value]);
  if (runId === null || files.value?.length === 0) {
    return <p class="card empty">There is nothing to download before the first second of a run.</p>;
  }
  return (
    <ul class="card downloads">
      {DOWNLOADS.filter(({ name }) => files.value?.includes(name)).map(({ name, title, what, href }) => (
        <li key={name}>
          <a href={href ?? `api/v1/files/${name}`} download="">{title}</a>
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
