/** The web UI's server without a socket and without a run: the real app over a control that remembers what it was asked. */
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { Access, type AccessSettings } from "../../src/server/routing/access.ts";
import { Refusal } from "../../src/server/answers/api_error.ts";
import { EventLog } from "../../src/server/feed/event_log.ts";
import { HistoryCsv } from "../../src/server/api/history_csv.ts";
import type { RunControl, StartOrder } from "../../src/server/orders/run_control.ts";
import { type LocustfileWeb, NOTHING_ADDED } from "../../src/server/login/locustfile_web.ts";
import { RunFeed } from "../../src/server/feed/run_feed.ts";
import { type AppDeps, createApp, type WebApp } from "../../src/server/web_app.ts";
import { FakeClock } from "./fake_clock.ts";

export interface WebFixture {
  readonly app: WebApp;
  readonly feed: RunFeed;
  readonly log: EventLog;
  readonly clock: FakeClock;
  /** What routes asked for: `start {"users":5}`, `stop` … */
  readonly asked: string[];
  /** Sends a request as a browser or a program on this machine does. */
  ask(path: string, init?: RequestInit, address?: string): Promise<Response>;
}

export function createWebFixture(
  given: Partial<Pick<AppDeps, "basePath" | "isTls" | "guard">> & {
    readonly locustfile?: Partial<LocustfileWeb>;
    readonly summary?: (feed: RunFeed) => RunSummary | undefined;
    readonly form?: Partial<ReturnType<RunControl["form"]>>;
  } & { readonly access?: AccessSettings } = {},
): WebFixture {
  const clock = new FakeClock();
  const log = new EventLog(clock.wallMs());
  const feed = new RunFeed({ log, verdictOf: () => undefined, connected: () => [] });
  const asked: string[] = [];
  const control: RunControl = {
    get isOccupied() {
      return ["spawning", "running", "stopping"].includes(feed.state);
    },
    start(order: StartOrder) {
      if (control.isOccupied) throw new Refusal(409, "Cannot start a run: another one is on");
      asked.push(`start ${JSON.stringify(order)}`);
      if (order.users === 13) throw new Refusal(422, 'Cannot use --users "13": unlucky', "users");
      feed.startAsked(null);
      return Promise.resolve({ shape: null, userClasses: ["Shop"] });
    },
    async edit(order) {
      await Promise.resolve();
      if (!["spawning", "running"].includes(feed.state)) {
        throw new Refusal(409, "Cannot edit the run: no run is in progress; start one");
      }
      asked.push(`edit ${JSON.stringify(order)}`);
    },
    stop() {
      asked.push("stop");
      feed.startAsked(null, "stopped");
      return Promise.resolve();
    },
    reset: () => void asked.push("reset"),
    form: () => ({ ...FORM, ...given.form }),
    failureSamples: () => [],
    steadyTotal: () => null,
    summary: () => given.summary?.(feed),
    ended: () => undefined,
    runs: () => Promise.resolve([]),
    runSummary: () => Promise.resolve(undefined),
    logs: () => ({ lines: [], dropped: 0 }),
    logTexts: () => ({ master: ["a line"], workers: {} }),
    taskRatios: () => ({ per_class: {}, total: {} }),
    checkHost: () => Promise.resolve({ reachable: true, ms: 1, status: 200 }),
    renderReport: (_, theme) => Promise.resolve(`<!DOCTYPE html>${theme ?? ""}`),
    isRecorded: false,
    journal: () => Promise.resolve(undefined),
    fullHistory: () => Promise.resolve(undefined),
    changeClass: (body) => void asked.push(`class ${JSON.stringify(body)}`),
  };
  const app = createApp({
    control,
    feed,
    log,
    historyCsv: new HistoryCsv(),
    clock,
    access: new Access(given.access ?? {}, clock),
    version: "1.2.3",
    closing: new AbortController().signal,
    guard: given.guard ?? { listenHost: "127.0.0.1", allowedHosts: [], allowedOrigins: [] },
    basePath: given.basePath ?? "",
    isTls: given.isTls ?? false,
    page: () => Promise.resolve({ html: "<title>page</title>", policy: "default-src 'none'; frame-ancestors 'none'" }),
    licenses: () => Promise.resolve("MIT License"),
    locustfile: { ...NOTHING_CALLED, ...given.locustfile },
    metrics: () => new Response("locust_up 1\n"),
    reportError: (error) => asked.push(`error ${String(error)}`),
  });
  return {
    app,
    feed,
    log,
    clock,
    asked,
    async ask(path, init = {}, address = "127.0.0.1") {
      const headers = new Headers(init.headers);
      if (!headers.has("host")) headers.set("host", "127.0.0.1:8089");
      const request = new Request(`http://127.0.0.1:8089${path}`, { ...init, headers });
      return await app.fetch(request, { remoteAddress: address });
    },
  };
}

const NOTHING_CALLED: LocustfileWeb = {
  description: NOTHING_ADDED,
  answer: () => Promise.reject(new Error("no route was expected to be called")),
  login: () => Promise.reject(new Error("no login was expected to be checked")),
};

const FORM: ReturnType<RunControl["form"]> = {
  program: {
    version: "1.2.3",
    runtime: "Bun 1",
    locustfile: "shop.ts",
    isDistributed: false,
    hasFullHistory: false,
    thresholds: [],
  },
  defaults: { users: 1, spawnRate: 1, host: null, runTime: "", profile: null, tags: [] },
  profiles: [],
  isHostMissing: false,
  isHostRequired: false,
  isHostUrl: true,
  shape: null,
  hasClassPicker: false,
  userClasses: [{
    name: "Shop",
    host: null,
    weight: 1,
    fixedCount: 0,
    tasks: ["browse"],
    isSelected: true,
    settings: {},
  }],
  shapes: [],
  options: [],
  command: ["locust-ts", "run", "shop.ts"],
  searchCommand: [],
  stages: null,
  shapePoints: {},
  askingShapes: [],
  tabs: [],
  columns: [],
  downloads: [],
};

/** The init of a request with a JSON body. */
export function json(method: string, body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } };
}
