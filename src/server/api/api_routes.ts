/** The routes of the web UI's own API, `/api/v1`. */
import type { Clock } from "../../base/clock.ts";
import { listDetails } from "../../report/summary/summary_lists.ts";
import { toSummaryEntry } from "../../report/summary/summary_entry.ts";
import type { Access } from "../routing/access.ts";
import { Refusal } from "../answers/api_error.ts";
import { toApiFailures } from "../answers/api_failures.ts";
import { toApiSplits } from "../answers/api_rows.ts";
import type { ApiHistory, ApiSplits, ApiTimedHistory } from "../answers/api_snapshot.ts";
import type { ApiEntry, ApiFiles, ApiForm, ApiRun, ApiRuns, ApiUserClass, ApiWorkers } from "../answers/api_types.ts";
import { encodeEvent, type EventLog } from "../feed/event_log.ts";
import { openEventStream } from "./event_stream.ts";
import { readMeasureHistory } from "./measure_history.ts";
import { createOpenApi } from "./openapi.ts";
import { readJson, readLastId, readSince } from "./request_input.ts";
import { namesTotal, readHistory } from "./row_history.ts";
import { type FileParts, filesNow, serveFile } from "./run_files.ts";
import { omitParts, summaryNow } from "./summary_answer.ts";
import { readEdit, readStart } from "../orders/order_input.ts";
import { takesGzip } from "../routing/compress.ts";
import { credentialsOf, type Route, type WebContext } from "../routing/routes.ts";
import type { RunControl } from "../orders/run_control.ts";
import type { RunFeed } from "../feed/run_feed.ts";

export interface ApiParts extends FileParts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly access: Access;
  readonly version: string;
  readonly closing: AbortSignal;
}

const API = "/api/v1";

export function apiRoutes(parts: ApiParts): readonly Route[] {
  return [
    ...runRoutes(parts),
    ...formRoutes(parts),
    ...figureRoutes(parts),
    ...pastRoutes(parts),
    reads("/events", (context) => answerEvents(parts, context)),
    reads("/openapi.json", (context) => context.json(createOpenApi(parts.version))),
  ];
}

function reads(path: string, handle: Route["handle"]): Route {
  return { method: "GET", path: `${API}${path}`, effect: "reads", handle };
}

function steers(method: "POST" | "PATCH", path: string, handle: Route["handle"]): Route {
  return { method, path: `${API}${path}`, effect: "steers", handle };
}

/** The run itself: what it is, and orders to it. */
function runRoutes({ control, feed }: ApiParts): readonly Route[] {
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
  ];
}

/** What a start form shows and asks. */
function formRoutes(parts: ApiParts): readonly Route[] {
  const { control } = parts;
  return [
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
    steers("POST", "/check-host", async (context) => {
      const body = await readJson(context);
      const host = typeof body === "object" && body !== null ? (body as Record<string, unknown>)["host"] : undefined;
      if (typeof host !== "string" || !/^https?:\/\//i.test(host) || !URL.canParse(host)) {
        throw new Refusal(422, "Cannot check the host: give a URL that begins with http:// or https://", "host");
      }
      return context.json(await control.checkHost(host));
    }),
  ];
}

/** What the latest run has counted, as of now. */
function figureRoutes({ control, feed }: ApiParts): readonly Route[] {
  return [
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
  ];
}

/** What there is of runs to keep: earlier ones, and the files of the latest. */
function pastRoutes(parts: ApiParts): readonly Route[] {
  const { control } = parts;
  return [
    reads("/runs", async (context) => context.json({ runs: await control.runs() } satisfies ApiRuns)),
    reads("/runs/:id", async (context) => {
      const summary = await control.runSummary(context.req.param("id") ?? "");
      if (summary === undefined) throw new Refusal(404, "Cannot find the run: there is none with this id");
      return context.json(summary);
    }),
    reads("/files", (context) => context.json({ files: filesNow(parts) } satisfies ApiFiles)),
    reads("/files/:name", (context) => serveFile(parts, context)),
  ];
}

function answerEvents({ log, feed, clock, access, closing }: ApiParts, context: WebContext): Response {
  const form = takesGzip(context.req.header("accept-encoding")) ? "gzip" : "plain";
  const stream = openEventStream({
    log,
    clock,
    form,
    lastId: readLastId(context),
    snapshot: () => encodeEvent(log.lastId, "snapshot", feed.snapshot()),
    isAllowed: () => access.roleOf(credentialsOf(context)) !== undefined,
    closing,
  });
  return context.body(stream, 200, {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
    ...(form === "gzip" ? { "Content-Encoding": "gzip" } : {}),
    Vary: "Accept-Encoding",
  });
}

function formFor({ control, access }: ApiParts, context: WebContext): ApiForm {
  return { ...control.form(), access: { role: context.get("role") ?? "spectator", hasLogin: access.hasLogin } };
}

/** One row in full: much less to compute than a summary. */
function entryNow(feed: RunFeed, control: RunControl, entry: string | undefined): ApiEntry {
  const { snapshotMessage } = feed;
  if (snapshotMessage === undefined) throw new Refusal(404, "Cannot show the row: no run has counted anything yet");
  const isTotal = entry === undefined || namesTotal(entry);
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
