/**
 * Locust's HTTP API: the same paths, fields and shapes, so that scripts, exporters and Locust's own page work on this server. Where
 * Locust refuses with 200 and `success: false`, so does this; where it fails with 500, this answers 4xx and JSON.
 */
import { exceptionsCsv, failuresCsv, statsCsv } from "../../report/csv/csv_rows.ts";
import { NO_ENTRY } from "../../stats/ledger/no_counts.ts";
import { Refusal } from "../answers/api_error.ts";
import type { ApiOptionValue } from "../answers/api_types.ts";
import { type Json, locustStats, toLocustJson } from "./locust_stats.ts";
import { MAX_USERS, readHost, readRunTime } from "../orders/order_input.ts";
import type { Route, WebContext } from "../routing/routes.ts";
import type { RunControl, StartOrder } from "../orders/run_control.ts";
import type { RunFeed } from "../feed/run_feed.ts";

export interface LocustParts {
  readonly control: RunControl;
  readonly feed: RunFeed;
  readonly wallMs: () => number;
}

type Fields = Readonly<Record<string, string | readonly string[]>>;

export function locustRoutes({ control, feed, wallMs }: LocustParts): readonly Route[] {
  const program = () => control.form().program;
  const answer = (context: WebContext, value: Json, status: 200 | 201 = 200) =>
    context.body(toLocustJson(value), status, { "Content-Type": "application/json" });
  const attachment = (context: WebContext, body: string | Uint8Array, suffix: string, type = "text/csv") =>
    context.body(body as string, 200, {
      "Content-Type": `${type}; charset=utf-8`,
      "Content-Disposition": `attachment;filename=${fileName(wallMs(), program().locustfile, feed, suffix)}`,
    });
  const snapshot = () => feed.snapshotMessage;
  const stop = async (context: WebContext) => {
    await control.stop();
    return answer(context, { success: true, message: "Test stopped" });
  };
  const reset = (context: WebContext) => {
    control.reset();
    return context.text("ok");
  };
  const reads = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, effect: "reads", handle });
  return [
    {
      method: "POST",
      path: "/swarm",
      effect: "steers",
      handle: async (context) => answer(context, await swarm(context, control, feed)),
    },
    { method: "POST", path: "/stop", effect: "steers", handle: stop },
    { method: "GET", path: "/stop", effect: "steers", handle: stop },
    { method: "POST", path: "/stats/reset", effect: "steers", handle: reset },
    { method: "GET", path: "/stats/reset", effect: "steers", handle: reset },
    {
      method: "POST",
      path: "/user",
      effect: "steers",
      handle: async (context) => {
        control.changeClass(parseObject(await context.req.text()));
        return answer(context, {}, 201);
      },
    },
    reads("/stats/requests", (context) => {
      const { isDistributed } = program();
      const stats = locustStats(
        snapshot(),
        feed.state,
        isDistributed ? { listed: feed.workers, ready: feed.readyWorkers } : undefined,
      );
      const extended = Object.entries(feed.extra).map(([key, data]) => ({ key, data: data as Json }));
      return answer(context, extended.length === 0 ? stats : { ...stats, extended_stats: extended });
    }),
    reads(
      "/stats/requests/csv",
      (context) => attachment(context, statsCsv(snapshot() ?? { entries: [], total: NO_ENTRY }), "_requests.csv"),
    ),
    reads(
      "/stats/failures/csv",
      (context) => attachment(context, failuresCsv(snapshot()?.failures ?? []), "_failures.csv"),
    ),
    reads(
      "/exceptions/csv",
      (context) => attachment(context, exceptionsCsv(snapshot()?.exceptions ?? []), "_exceptions.csv"),
    ),
    reads("/stats/requests_full_history/csv", async (context) => {
      const text = await control.fullHistory();
      if (text === undefined) return context.text("Server was not started with option to generate full history.", 404);
      return attachment(context, text, "_requests_full_history.csv");
    }),
    reads("/stats/report", async (context) => {
      const summary = control.summary();
      if (summary === undefined) return context.text("There is no report yet: no run has been started.", 404);
      const theme = context.req.query("theme");
      const page = await control.renderReport(summary, theme === "dark" || theme === "light" ? theme : undefined);
      return context.req.query("download") === undefined
        ? context.body(page, 200, { "Content-Type": "text/html; charset=utf-8" })
        : attachment(context, page, ".html", "text/html");
    }),
    reads("/exceptions", (context) =>
      answer(context, {
        exceptions: (snapshot()?.exceptions ?? []).map(({ count, message, stack, workers }) => ({
          count,
          msg: message,
          traceback: stack,
          nodes: workers.join(", "),
        })),
      })),
    reads("/tasks", (context) => answer(context, control.taskRatios() as Json)),
    reads("/logs", (context) => answer(context, control.logTexts() as unknown as Json)),
    reads(
      "/worker-count",
      (context) => answer(context, { worker_count: program().isDistributed ? feed.readyWorkers : 0 }),
    ),
  ];
}

/** `POST /swarm`: starts a run, or edits the one that is on. */
async function swarm(
  context: WebContext,
  control: RunControl,
  feed: RunFeed,
): Promise<{ readonly [key: string]: Json }> {
  const fields: Fields = await context.req.parseBody({ all: true }).then(textsOf);
  try {
    const order = readSwarm(fields, control);
    const host = order.host ?? control.form().defaults.host;
    if (control.isOccupied && ["spawning", "running"].includes(feed.state)) {
      await control.edit({
        ...(order.users === undefined ? {} : { users: order.users }),
        ...(order.spawnRate === undefined ? {} : { spawnRate: order.spawnRate }),
        ...(order.runTimeSeconds === undefined ? {} : { runTimeSeconds: order.runTimeSeconds }),
        ...(order.host === undefined ? {} : { host: order.host }),
        ...(order.options === undefined ? {} : { options: order.options }),
      });
      const { hasClassPicker, userClasses } = control.form();
      const running = userClasses.filter(({ isSelected }) => isSelected).map(({ name }) => name);
      return swarmAnswer("Swarming started", host, order, hasClassPicker, running);
    }
    const { shape, userClasses } = await control.start(order);
    if (shape !== null) {
      return { success: true, message: `Swarming started using shape class '${shape}'`, host };
    }
    return swarmAnswer("Swarming started", host, order, control.form().hasClassPicker, userClasses);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { success: false, message: error.message, host: first(fields["host"]) ?? "" };
  }
}

function swarmAnswer(
  message: string,
  host: string | null,
  order: StartOrder,
  hasPicker: boolean,
  classes: readonly string[],
) {
  return {
    success: true,
    message,
    host,
    ...(typeof order.runTimeSeconds === "number" ? { run_time: order.runTimeSeconds } : {}),
    ...(hasPicker && classes.length > 0 ? { user_classes: [...classes].sort() } : {}),
  };
}

const MISSING = "Missing user_count or spawn_rate from /swarm request";

function readSwarm(fields: Fields, control: RunControl): StartOrder {
  const { hasClassPicker, shape: fixedShape, options } = control.form();
  const chosen = first(fields["shape_class"]);
  const shape = hasClassPicker ? (chosen === undefined || chosen === "Default" ? null : chosen) : undefined;
  const isShaped = shape === undefined ? fixedShape !== null : shape !== null;
  const users = readNumber(fields, "user_count");
  const spawnRate = readNumber(fields, "spawn_rate");
  if (!isShaped && (users === undefined || spawnRate === undefined || spawnRate === 0)) throw new Refusal(422, MISSING);
  if (users !== undefined && (!Number.isInteger(users) || users < 0 || users > MAX_USERS)) {
    throw new Refusal(422, `Invalid user_count: it is not a whole number from 0 to ${MAX_USERS}`);
  }
  if (spawnRate !== undefined && spawnRate < 0) throw new Refusal(422, "Invalid spawn_rate: it is not a rate above 0");
  const host = first(fields["host"])?.replace(/[<>]/g, "");
  const profile = first(fields["profile"]);
  const classes = all(fields["user_classes"]);
  const custom = Object.fromEntries(
    options.flatMap(({ name, kind }): readonly (readonly [string, ApiOptionValue])[] => {
      const given = fields[name] ?? fields[name.replaceAll("-", "_")] ?? fields[camel(name)];
      if (given === undefined) return [];
      const text = first(given) ?? "";
      if (kind === "boolean") return [[name, text === "true"]];
      if (kind === "number") {
        return [[name, text.trim() === "" ? null : Number.isNaN(Number(text)) ? text : Number(text)]];
      }
      if (kind === "list" || kind === "choices") {
        return [[name, all(given).flatMap((each) => each.split(",")).filter((each) => each !== "")]];
      }
      return text === "None" ? [] : [[name, text]];
    }),
  );
  return {
    unnamed: "commandLine",
    ...(users === undefined ? {} : { users }),
    ...(spawnRate === undefined || spawnRate === 0 ? {} : { spawnRate }),
    ...(host === undefined ? {} : { host: readHost(host, "host") }),
    ...(fields["run_time"] === undefined ? {} : { runTimeSeconds: readLocustRunTime(first(fields["run_time"])) }),
    ...(profile === undefined ? {} : { profile: profile === "" ? null : profile }),
    ...(hasClassPicker && classes.length > 0 ? { userClasses: classes } : {}),
    ...(shape === undefined ? {} : { shape }),
    options: custom,
  };
}

function readLocustRunTime(text: string | undefined): number | null {
  try {
    return readRunTime(text, "run_time");
  } catch {
    throw new Refusal(422, "Valid run_time formats are : 20, 20s, 3m, 2h, 1h20m, 3h30m10s, etc.");
  }
}

function readNumber(fields: Fields, key: string): number | undefined {
  const text = first(fields[key])?.trim();
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Refusal(422, `Invalid ${key}: "${text}" is not a number`);
  return value;
}

function textsOf(body: Readonly<Record<string, unknown>>): Fields {
  const texts = (value: unknown) => (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, texts(value) as readonly string[]]));
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

function all(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // the sentence below
  }
  throw new Refusal(400, 'Cannot read the body: it is not a JSON object; send {"user_class_name": …}');
}

/** `Locust_2026-11-28-04h24_shop.ts_http_localhost_8080_requests.csv`: by the start of the run; a host is made safe for a file name. */
function fileName(nowWallMs: number, locustfile: string, { started }: RunFeed, suffix: string): string {
  const date = new Date(started?.wallMs ?? nowWallMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const safe = (text: string) => text.replace(/[^A-Za-z0-9.-]+/g, "_");
  const host = started?.host;
  const parts = ["Locust", `${day}-${two(date.getHours())}h${two(date.getMinutes())}`, safe(locustfile)];
  return [...parts, ...(host === undefined ? [] : [safe(host)])].join("_") + suffix;
}
