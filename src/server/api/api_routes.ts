/** The routes of the web UI's own API, `/api/v1`. */
import type { Clock } from "../../base/clock.ts";
import { exceptionsCsv, failuresCsv, statsCsv } from "../../report/csv/csv_rows.ts";
import type { RunSummary } from "../../report/summary/summary.ts";
import { listDetails } from "../../report/summary/summary_lists.ts";
import { toSummarySpan } from "../../report/summary/summary_builder.ts";
import { toSummaryEntry } from "../../report/summary/summary_entry.ts";
import { renderJunit } from "../../report/junit/junit_report.ts";
import { renderComment } from "../../report/markdown/markdown_summary.ts";
import type { Access } from "../routing/access.ts";
import { Refusal } from "../answers/api_error.ts";
import { toApiFailures } from "../answers/api_failures.ts";
import { toApiSplits } from "../answers/api_rows.ts";
import type { ApiHistory, ApiSplits, ApiTimedHistory } from "../answers/api_snapshot.ts";
import type {
  ApiEntry,
  ApiFileName,
  ApiFiles,
  ApiForm,
  ApiRun,
  ApiRuns,
  ApiUserClass,
  ApiWorkers,
} from "../answers/api_types.ts";
import { encodeEvent, type EventLog } from "../feed/event_log.ts";
import { openEventStream } from "./event_stream.ts";
import { toHistoryPoints } from "./history_points.ts";
import { readMeasureHistory } from "./measure_history.ts";
import { createOpenApi } from "./openapi.ts";
import { readEdit, readStart } from "../orders/order_input.ts";
import type { HistoryCsv } from "./history_csv.ts";
import { takesGzip } from "../routing/compress.ts";
import { credentialsOf, type Route, type WebContext } from "../routing/routes.ts";
import type { RunControl } from "../orders/run_control.ts";
import type { RunFeed } from "../feed/run_feed.ts";

export interface ApiParts {
  readonly control: RunControl;
  readonly feed: RunFeed;
  readonly log: EventLog;
  readonly historyCsv: HistoryCsv;
  readonly clock: Clock;
  readonly access: Access;
  readonly version: string;
  readonly closing: AbortSignal;
}

const API = "/api/v1";

export function apiRoutes(parts: ApiParts): readonly Route[] {
  const { control, feed, log, clock } = parts;
  const reads = (path: string, handle: Route["handle"]): Route => ({
    method: "GET",
    path: `${API}${path}`,
    effect: "reads",
    handle,
  });
  const steers = (method: "POST" | "PATCH", path: string, handle: Route["handle"]): Route => ({
    method,
    path: `${API}${path}`,
    effect: "steers",
    handle,
  });
  return [
    reads("/run", (context) => context.json(feed.run() satisfies ApiRun)),
    steers("POST", "/run", async (context) => {
      if (control.isOccupied) throw new Refusal(409, "Cannot start a run: another one is in progress; stop it first");
      await control.start(readStart(await readJson(context)));
      return context.json(feed.run(), 201);
    }),
    steers("PATCH", "/run", async (context) => {
      await control.edit(readEdit(await readJson(context)));
      return context.json(feed.run());
    }),
    steers("POST", "/run/stop", async (context) => {
      await control.stop();
      return context.json(feed.run());
    }),
    steers("POST", "/run/reset", (context) => {
      control.reset();
      return context.json(feed.run());
    }),
    reads("/form", (context) => context.json(formFor(parts, context) satisfies ApiForm)),
    steers("PATCH", "/user-classes/:name", async (context) => {
      const name = context.req.param("name") ?? "";
      const body = await readJson(context);
      if (!control.form().userClasses.some((each) => each.name === name)) {
        throw new Refusal(404, `Cannot change "${name}": there is no such user class`);
      }
      if (typeof body !== "object" || body === null || Array.isArray(body)) {
        throw new Refusal(400, "Cannot read the body: it is not a JSON object; send {…}");
      }
      control.changeClass({ ...body, user_class_name: name });
      const changed = control.form().userClasses.find((each) => each.name === name);
      return context.json(changed satisfies ApiUserClass | undefined);
    }),
    reads("/snapshot", (context) => context.json(feed.snapshot())),
    reads("/history", (context) => context.json(readHistory(feed, context) satisfies ApiHistory | ApiTimedHistory)),
    reads("/measure-history", (context) => context.json(readMeasureHistory(feed, (name) => context.req.query(name)))),
    reads("/summary", (context) => context.json(omitParts(summaryNow(control), context.req.query("omit")))),
    reads("/entry", (context) => context.json(entryNow(feed, control, context.req.query("entry")) satisfies ApiEntry)),
    reads("/splits", (context) => context.json(splitsNow(feed, context.req.query("tag")) satisfies ApiSplits)),
    reads("/failures", (context) => {
      const { snapshotMessage } = feed;
      const failures = snapshotMessage === undefined ? [] : listDetails(snapshotMessage).failures;
      const entry = context.req.query("entry");
      return context.json(toApiFailures(failures, control.failureSamples(), entry));
    }),
    reads("/workers", (context) => {
      const { workers } = listDetails({ failures: [], exceptions: [], workers: feed.workers });
      return context.json({ workers } satisfies ApiWorkers);
    }),
    reads("/logs", (context) => context.json(control.logs(readSince(context) ?? 0))),
    reads("/runs", async (context) => context.json({ runs: await control.runs() } satisfies ApiRuns)),
    reads("/runs/:id", async (context) => {
      const summary = await control.runSummary(context.req.param("id") ?? "");
      if (summary === undefined) throw new Refusal(404, "Cannot find the run: there is none with this id");
      return context.json(summary);
    }),
    reads("/files", (context) => context.json({ files: filesNow(parts) } satisfies ApiFiles)),
    reads("/files/:name", (context) => serveFile(parts, context)),
    steers("POST", "/check-host", async (context) => {
      const body = await readJson(context);
      const host = typeof body === "object" && body !== null ? (body as Record<string, unknown>)["host"] : undefined;
      if (typeof host !== "string" || !/^https?:\/\//i.test(host) || !URL.canParse(host)) {
        throw new Refusal(422, "Cannot check the host: give a URL that begins with http:// or https://", "host");
      }
      return context.json(await control.checkHost(host));
    }),
    reads("/events", (context) => {
      const form = takesGzip(context.req.header("accept-encoding")) ? "gzip" : "plain";
      const stream = openEventStream({
        log,
        clock,
        form,
        lastId: readLastId(context),
        snapshot: () => encodeEvent(log.lastId, "snapshot", feed.snapshot()),
        isAllowed: () => parts.access.roleOf(credentialsOf(context)) !== undefined,
        closing: parts.closing,
      });
      return context.body(stream, 200, {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
        ...(form === "gzip" ? { "Content-Encoding": "gzip" } : {}),
        Vary: "Accept-Encoding",
      });
    }),
    reads("/openapi.json", (context) => context.json(createOpenApi(parts.version))),
  ];
}

function formFor({ control, access }: ApiParts, context: WebContext): ApiForm {
  return { ...control.form(), access: { role: context.get("role") ?? "spectator", hasLogin: access.hasLogin } };
}

/** The body as JSON. Other types are refused: a form of another site cannot send this one unasked. */
async function readJson(context: WebContext): Promise<unknown> {
  const type = context.req.header("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) {
    throw new Refusal(415, "Cannot read the body: send JSON with Content-Type: application/json");
  }
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Cannot read the body: it is not JSON; check its quotes and commas");
  }
}

function readSince(context: WebContext): number | undefined {
  const text = context.req.query("since");
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Refusal(422, `Cannot use since: "${text}" is not a whole number`, "since");
  return Number(text);
}

function readHistory(feed: RunFeed, context: WebContext): ApiHistory | ApiTimedHistory {
  const since = readSince(context) ?? -1;
  const entry = context.req.query("entry");
  if (context.req.query("times") === "1") {
    if (entry !== undefined) throw new Refusal(422, "Cannot give the times of a row: leave out entry", "entry");
    const later = feed.builder.history.filter(({ second, seconds }) => second + seconds > since);
    return { history: later.map(toSummarySpan) };
  }
  if (entry === undefined) return { history: toHistoryPoints(feed.builder.history, since) };
  const [tag, value] = [context.req.query("tag"), context.req.query("value")];
  const found = tag === undefined ? findEntry(feed, entry) : findSplitEntry(feed, tag, value ?? "", entry);
  if (found === undefined) {
    throw new Refusal(404, `Cannot show the history of "${entry}": there is no such row; write METHOD NAME`);
  }
  return { history: toHistoryPoints(found, since) };
}

/** `GET /items`; a method may be empty or hold blanks, and so may a name. */
function findEntry(feed: RunFeed, entry: string) {
  if (entry === "Aggregated" || entry === " Aggregated") return feed.builder.history;
  const row = feed.snapshotMessage?.entries.find(({ method, name }) => `${method} ${name}` === entry);
  return row === undefined ? undefined : feed.histories.entries.of(row.method, row.name) ?? [];
}

/** A row of the requests with one value of a tag; `Aggregated` is all of them. */
function findSplitEntry({ snapshotMessage, histories }: RunFeed, tag: string, value: string, entry: string) {
  const found = snapshotMessage?.splits?.find((each) => each.tag === tag)?.values.find((each) => each.value === value);
  const rows = found === undefined ? [] : [found.total, ...found.entries];
  const row = rows.find(({ method, name }) => `${method} ${name}`.trim() === entry);
  return row === undefined ? undefined : histories.splits.of(tag, value, row.method, row.name) ?? [];
}

/** One row in full: much less to compute than a summary. */
function entryNow(feed: RunFeed, control: RunControl, entry: string | undefined): ApiEntry {
  const { snapshotMessage } = feed;
  if (snapshotMessage === undefined) throw new Refusal(404, "Cannot show the row: no run has counted anything yet");
  const isTotal = entry === undefined || entry === "Aggregated" || entry === " Aggregated";
  const { total, entries } = snapshotMessage;
  const row = isTotal ? total : entries.find(({ method, name }) => `${method} ${name}` === entry);
  if (row?.times === undefined) {
    throw new Refusal(404, `Cannot show the row "${entry}": there is no such row; write METHOD NAME`);
  }
  return { entry: toSummaryEntry(row, row.times), steady: isTotal ? control.steadyTotal() : null };
}

function splitsNow({ snapshotMessage }: RunFeed, tag: string | undefined): ApiSplits {
  if (tag === undefined) throw new Refusal(422, "Cannot split the rows: no tag is given; add ?tag=NAME", "tag");
  const splits = toApiSplits(snapshotMessage ?? {}, tag);
  if (splits === undefined) throw new Refusal(404, `Cannot split the rows by "${tag}": no request has had this tag`);
  return splits;
}

/** A browser sends the header; `?lastEventId=` is for programs that cannot. */
function readLastId(context: WebContext): number | undefined {
  const text = context.req.header("last-event-id") ?? context.req.query("lastEventId");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** `omit`: parts that are long with many rows or a long run, with commas; they are empty then. */
function omitParts(summary: RunSummary, omit = ""): RunSummary {
  const parts = omit === "" ? [] : omit.split(",");
  const unknown = parts.find((each) => each !== "entries" && each !== "history");
  if (unknown !== undefined) throw new Refusal(422, `Cannot omit "${unknown}": choose from entries, history`, "omit");
  const { splits, measureHistory, ...rest } = summary;
  return {
    ...rest,
    ...(splits === undefined || parts.includes("entries") ? {} : { splits }),
    ...(measureHistory === undefined || parts.includes("history") ? {} : { measureHistory }),
    ...(!parts.includes("entries") ? {} : {
      entries: [],
      steady: summary.steady === null ? null : { ...summary.steady, entries: [] },
    }),
    ...(!parts.includes("history") ? {} : { history: [] }),
  };
}

function summaryNow(control: RunControl) {
  const summary = control.summary();
  if (summary === undefined) throw new Refusal(404, "Cannot show the summary: no run has been started yet");
  return summary;
}

const FILES: readonly ApiFileName[] = [
  "html",
  "csv",
  "failures.csv",
  "exceptions.csv",
  "history.csv",
  "summary",
  "junit",
  "markdown",
  "journal",
];

/** Before anything was counted there is none. */
function filesNow({ feed, control }: ApiParts): readonly ApiFileName[] {
  if (feed.snapshotMessage === undefined) return [];
  return FILES.filter((name) => name !== "journal" || control.isRecorded);
}

const CSV = "text/csv; charset=utf-8";

async function serveFile(parts: ApiParts, context: WebContext): Promise<Response> {
  const { control, feed } = parts;
  const name = context.req.param("name") ?? "";
  const answer = (body: string | Uint8Array, type: string, fileName: string) =>
    context.body(body as string, 200, {
      "Content-Type": type,
      "Content-Disposition": `attachment; filename="${fileName}"`,
      "Cache-Control": "no-store",
    });
  const snapshot = () => {
    if (feed.snapshotMessage === undefined) {
      throw new Refusal(404, `Cannot make ${name}: no run has counted anything yet`);
    }
    return feed.snapshotMessage;
  };
  const stem = `locust-ts-${feed.started?.runId.slice(0, 8) ?? "run"}`;
  switch (name) {
    case "csv":
      return answer(statsCsv(snapshot()), CSV, `${stem}_stats.csv`);
    case "failures.csv":
      return answer(failuresCsv(snapshot().failures), CSV, `${stem}_failures.csv`);
    case "exceptions.csv":
      return answer(exceptionsCsv(snapshot().exceptions), CSV, `${stem}_exceptions.csv`);
    case "history.csv":
      return answer(await control.fullHistory() ?? parts.historyCsv.text(), CSV, `${stem}_stats_history.csv`);
    case "summary":
      return answer(`${JSON.stringify(summaryNow(control))}\n`, "application/json", `${stem}.json`);
    case "junit":
      return answer(renderJunit(summaryNow(control), feed.thresholdStatuses), "application/xml", `${stem}.xml`);
    case "markdown": {
      const summary = summaryNow(control);
      const ended = control.ended();
      if (ended === undefined) throw new Refusal(404, "Cannot make markdown: no run has been started yet");
      return answer(renderComment({ summary, ended }), "text/markdown; charset=utf-8", `${stem}.md`);
    }
    case "html":
      return answer(await control.renderReport(summaryNow(control)), "text/html; charset=utf-8", `${stem}.html`);
    case "journal": {
      const journal = await control.journal();
      if (journal === undefined) {
        throw new Refusal(404, "Cannot serve the journal: the run is not recorded; use --journal");
      }
      return answer(journal, "application/x-ndjson", `${stem}.ndjson`);
    }
    default:
      throw new Refusal(404, `Cannot serve "${name}": there is no such file`);
  }
}
