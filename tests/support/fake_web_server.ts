/**
 * A server of the web UI's API with a scripted run: what the page is driven with where the real program would be slow or could not
 * be made to say it. Each `tick()` is a second of the run. It speaks the types of `src/server/`.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ApiMarker, ApiRow, ApiSnapshot, ApiThreshold, ApiTick } from "../../src/server/answers/api_snapshot.ts";
import type { ApiForm, ApiLogLine, ApiRun, ApiRunState, ApiStartRequest } from "../../src/server/answers/api_types.ts";
import type { RunSummary, SummaryEntry, SummarySpan } from "../../src/report/summary/summary.ts";
import { EXCEPTIONS, LISTING, RATIO, readyRun, spanAt, STOPPING, VERDICT } from "./fake_web_data.ts";
import { compareRows } from "../../src/server/feed/row_changes.ts";

export interface FakeServerOptions {
  readonly names: readonly (readonly [method: string, name: string])[];
  readonly form?: Partial<ApiForm>;
  readonly role?: "operator" | "spectator";
  readonly thresholds?: readonly ApiThreshold[];
  readonly extra?: ApiSnapshot["extra"];
  readonly port?: number;
  /** Goes on rising over restarts. */
  readonly firstId?: number;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

export class FakeWebServer implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly #options: FakeServerOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #readers = new Set<ServerResponse>();
  /** Answers of 401 to everything but the login page. */
  isLoggedOut = false;
  #id: number;
  #lastTickId: number;
  #tick = 0;
  #run: ApiRun;
  #rows: ApiRow[] = [];
  #history: SummarySpan[] = [];
  #markers: ApiMarker[] = [];
  #logs: ApiLogLine[] = [];
  #failureText = "503 Service Unavailable <b>now</b>";
  #runs = 0;

  private constructor(options: FakeServerOptions) {
    this.#options = options;
    this.#id = options.firstId ?? 1000;
    this.#lastTickId = this.#id;
    this.#run = readyRun();
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async open(options: FakeServerOptions): Promise<FakeWebServer> {
    const fake = new FakeWebServer(options);
    await new Promise<void>((resolve) => fake.#server.listen(options.port ?? 0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As a process that is killed: connections break. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  start(request: ApiStartRequest): void {
    this.#runs++;
    this.#tick = 0;
    this.#rows = [];
    this.#history = [];
    this.#markers = [{ elapsedMs: 0, kind: "start", text: "Start" }];
    const users = request.users ?? 10;
    this.#run = {
      ...readyRun(),
      state: "spawning",
      runId: `run-${this.#runs}`,
      startedAt: "2026-11-28T09:30:00.000Z",
      targetUsers: users,
      plan: {
        users,
        spawnRate: request.spawnRate ?? 1,
        runTimeSeconds: typeof request.runTime === "string" && request.runTime !== ""
          ? parseInt(request.runTime)
          : null,
        host: request.host ?? null,
        userClasses: [],
        shape: null,
        profile: null,
      },
    };
    this.#lastTickId = ++this.#id;
    this.#send("snapshot", this.#snapshot());
  }

  /** A run of so many seconds that nobody watched. */
  jump(seconds: number): void {
    for (let i = 0; i < seconds; i++) this.#advance();
    this.#lastTickId = ++this.#id;
    this.#send("snapshot", this.#snapshot());
  }

  tick(): void {
    const before = this.#rows;
    this.#advance();
    const { state, elapsedMs, users, targetUsers, peakUsers } = this.#run;
    const changes = compareRows(before, this.#rows);
    const added = this.#rows.slice(before.length);
    const tick: ApiTick = {
      runId: this.#run.runId ?? "",
      tick: this.#tick,
      after: this.#lastTickId,
      state,
      elapsedMs,
      users,
      targetUsers,
      peakUsers,
      total: this.#total(),
      window: { p50Ms: 12.3, p95Ms: 48.2, p99Ms: 131 },
      pace: null,
      usersByClass: { Visitor: users },
      ...(changes === undefined ? {} : { changes }),
      ...(added.length === 0 ? {} : { added }),
      failures: this.#failures(),
      exceptions: EXCEPTIONS,
      workers: this.#workers(),
      ...(this.#options.thresholds === undefined ? {} : { thresholds: this.#options.thresholds }),
      history: this.#history.slice(-1),
    };
    this.#lastTickId = ++this.#id;
    this.#send("tick", tick);
  }

  mark(marker: Omit<ApiMarker, "elapsedMs">): void {
    this.#markers.push({ ...marker, elapsedMs: this.#run.elapsedMs });
  }

  failWith(text: string): void {
    this.#failureText = text;
  }

  log(line: Pick<ApiLogLine, "level" | "text">): void {
    const full = {
      id: this.#logs.length + 1,
      wallMs: Date.UTC(2026, 10, 28, 9, 30),
      logger: "locust",
      node: "master",
      ...line,
    };
    this.#logs.push(full);
    this.#id++;
    this.#send("log", [full]);
  }

  setState(state: ApiRunState, more: Partial<ApiRun> = {}): void {
    this.#run = { ...this.#run, state, ...more };
    this.#id++;
    this.#send("state", this.#run);
  }

  #advance(): void {
    const target = this.#run.targetUsers;
    const rate = this.#run.plan?.spawnRate ?? 1;
    const users = Math.min(target, Math.ceil((this.#tick + 1) * rate));
    this.#tick++;
    const state = users < target ? "spawning" : "running";
    if (state === "running" && this.#run.state === "spawning") {
      this.#markers.push({ elapsedMs: this.#tick * 1000, kind: "rampEnd", text: `All ${target} users` });
    }
    this.#run = {
      ...this.#run,
      state,
      users,
      elapsedMs: this.#tick * 1000,
      peakUsers: Math.max(users, this.#run.peakUsers),
      verdict: VERDICT,
    };
    this.#rows = this.#options.names.map(([method, name], i) => this.#row(method, name, i));
    this.#history.push(spanAt(this.#tick - 1, users));
  }

  #row(method: string, name: string, index: number): ApiRow {
    const requests = this.#tick * (7 + index % 13);
    const failures = index % 5 === 1 ? Math.floor(requests / 40) : 0;
    const base = 8 + (index * 37) % 90 + Math.sin(this.#tick / 9 + index);
    return {
      method,
      name,
      requests,
      failures,
      p50Ms: base,
      p90Ms: base * 2.1,
      p95Ms: base * 2.9,
      p99Ms: base * 5.2,
      p999Ms: base * 9,
      meanMs: base * 1.3,
      minMs: 1.204,
      maxMs: base * 11,
      meanBytes: 512 + index * 17,
      currentPerSecond: 7 + index % 13,
      currentFailuresPerSecond: failures / this.#tick,
      perSecond: 7 + index % 13,
      failuresPerSecond: failures / this.#tick,
      correctedP50Ms: null,
      correctedP95Ms: null,
      correctedP99Ms: null,
    };
  }

  #total(): ApiRow {
    const sum = (read: (row: ApiRow) => number) => this.#rows.reduce((all, row) => all + read(row), 0);
    const any = this.#row("", "Aggregated", 3);
    if (this.#tick === 0) return { ...any, requests: 0, failures: 0, p50Ms: null, p95Ms: null, currentPerSecond: 0 };
    return {
      ...any,
      requests: sum(({ requests }) => requests),
      failures: sum(({ failures }) => failures),
      currentPerSecond: sum((row) => row.currentPerSecond),
      perSecond: sum((row) => row.perSecond),
      failuresPerSecond: sum((row) => row.failuresPerSecond),
    };
  }

  #failures() {
    return this.#rows.filter(({ failures }) => failures > 0).slice(0, 20).map(({ method, name, failures }) => ({
      method,
      name,
      text: this.#failureText,
      count: failures,
      firstAt: "2026-11-28T09:30:05.000Z",
      lastAt: "2026-11-28T09:31:05.000Z",
    }));
  }

  #workers() {
    return ["load1", "load2"].map((host, index) => ({
      id: `${host}_4f2a${"0".repeat(28)}`,
      index,
      host,
      threads: 2,
      users: Math.floor(this.#run.users / 2),
      requests: this.#tick * 40,
      cpuPercent: 31 + index * 58,
      rssBytes: 91_000_000,
      loopLagP99Ms: 1.2,
      latenessP99Ms: 2.4,
      state: this.#run.state === "ready" ? "ready" : "running",
      incidents: [],
      socket: "uring",
    }));
  }

  #snapshot(): ApiSnapshot {
    return {
      run: this.#run,
      tick: this.#tick,
      eventId: this.#lastTickId,
      usersByClass: { Visitor: this.#run.users },
      total: this.#total(),
      window: { p50Ms: 12.3, p95Ms: 48.2, p99Ms: 131 },
      pace: null,
      measures: {},
      rows: this.#rows,
      failures: this.#failures(),
      exceptions: this.#tick === 0 ? [] : EXCEPTIONS,
      workers: this.#workers(),
      thresholds: this.#options.thresholds ?? [],
      markers: this.#markers,
      extra: this.#options.extra ?? {},
    };
  }

  #form(): ApiForm {
    return {
      program: {
        version: "0.1.0",
        runtime: "Bun 1.4.5",
        locustfile: "shop.ts",
        isDistributed: false,
        hasFullHistory: true,
        thresholds: [],
      },
      access: { role: this.#options.role ?? "operator", hasLogin: false },
      defaults: { users: 100, spawnRate: 10, host: "http://127.0.0.1:8000", runTime: "", profile: null, tags: [] },
      profiles: [],
      isHostMissing: false,
      isHostRequired: false,
      isHostUrl: true,
      shape: null,
      hasClassPicker: false,
      userClasses: [],
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
      ...this.#options.form,
    };
  }

  #summary(): RunSummary {
    const total = this.#total();
    const counts = [3, 20, 80, 120, 60, 20, 8, 3, 1];
    const entry: SummaryEntry = {
      method: "",
      name: "Aggregated",
      requests: total.requests,
      failures: total.failures,
      failureRatio: total.failures / Math.max(1, total.requests),
      untimed: 0,
      perSecond: total.perSecond * 0.8,
      failuresPerSecond: total.failuresPerSecond,
      bytes: 0,
      meanMs: total.meanMs,
      minMs: total.minMs,
      maxMs: total.maxMs,
      standardDeviationMs: 10,
      percentilesMs: {
        "50": 11,
        "66": 13,
        "75": 15,
        "80": 17,
        "90": 30,
        "95": 48,
        "98": 90,
        "99": 131,
        "99.9": 250,
        "99.99": 300,
        "100": 310,
      },
      correctedPercentilesMs: null,
      phases: null,
      histogram: { unit: "us", upperBounds: counts.map((_, i) => 2000 * 2 ** i), counts },
    };
    return {
      schema: "locust-ts/summary/1",
      run: {
        id: "run-0",
        startedAt: "2026-11-27T09:30:00.000Z",
        endedAt: null,
        durationSeconds: this.#tick,
        locustfile: "shop.ts",
        host: null,
        profile: null,
        seed: 1,
        version: "0.1.0",
        runtime: null,
        stopReason: { kind: "unfinished" },
        exitCode: null,
        options: {},
      },
      users: { target: 100, peak: 100, byClass: {} },
      taskRatios: null,
      phases: [],
      verdict: VERDICT,
      thresholds: [],
      total: entry,
      entries: this.#rows.slice(0, 3).map(({ method, name }) => ({ ...entry, method, name })),
      steady: null,
      failures: [],
      exceptions: [],
      workers: [],
      history: this.#history.length > 3600
        ? this.#history.filter((_, i) => i % 10 === 0).map((span) => ({ ...span, seconds: 10 }))
        : this.#history,
    };
  }

  #send(name: string, data: unknown): void {
    for (const reader of this.#readers) reader.write(eventText(name, this.#id, data));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const path = url.pathname;
    const method = request.method ?? "GET";
    let body = "";
    for await (const part of request) body += part;
    if (path === "/login") {
      return void response.setHeader("content-type", "text/html").end("<title>Log in</title><h1>Log in</h1>");
    }
    if (this.isLoggedOut) {
      response.statusCode = 401;
      return sendJson(response, { error: { code: "unauthorized", message: "log in" } });
    }
    if (path === "/") return this.#sendPage(response);
    if (path === "/api/v1/events") return this.#follow(response);
    if (method !== "GET") this.received.push({ method, path, body: body === "" ? null : JSON.parse(body) });
    const answers: Readonly<Record<string, () => unknown>> = {
      "GET /api/v1/form": () => this.#form(),
      "GET /api/v1/snapshot": () => this.#snapshot(),
      "GET /api/v1/files": () => ({ files: ["html", "csv", "failures.csv", "exceptions.csv", "summary"] }),
      "GET /api/v1/run": () => this.#run,
      "GET /api/v1/history": () =>
        url.searchParams.has("times")
          ? { history: this.#summary().history }
          : { history: this.#points(Number(url.searchParams.get("since") ?? 0)) },
      "GET /api/v1/entry": () => ({ entry: this.#summary().total, steady: null }),
      "GET /api/v1/summary": () => this.#summary(),
      "GET /api/v1/logs": () => ({ lines: this.#logs, dropped: 0 }),
      "GET /api/v1/runs": () => ({ runs: [{ ...LISTING, id: "run-0" }] }),
      "GET /api/v1/runs/run-0": () => this.#summary(),
      "GET /tasks": () => ({ per_class: RATIO, total: RATIO }),
      "POST /api/v1/check-host": () => ({ reachable: true, ms: 3, status: 200 }),
      "POST /api/v1/run": () => this.#startBy(JSON.parse(body)),
      "PATCH /api/v1/run": () => this.#editBy(JSON.parse(body)),
      "POST /api/v1/run/stop": () => (this.setState("stopping", STOPPING), this.#run),
      "POST /api/v1/run/reset": () => ({}),
    };
    const answer = answers[`${method} ${path}`];
    if (answer === undefined) response.statusCode = 404;
    sendJson(response, answer?.() ?? { error: { code: "not_found", message: `no ${path}` } });
  }

  #startBy(request: ApiStartRequest): ApiRun {
    this.start(request);
    return this.#run;
  }

  #editBy({ users, spawnRate }: { readonly users?: number; readonly spawnRate?: number }): ApiRun {
    const plan = this.#run.plan;
    if (plan !== null && users !== undefined) {
      this.#run = {
        ...this.#run,
        targetUsers: users,
        plan: { ...plan, users, spawnRate: spawnRate ?? plan.spawnRate },
      };
      this.mark({ kind: "edit", text: `${users} users` });
    }
    this.setState(this.#run.state);
    return this.#run;
  }

  #points(since: number) {
    const per = this.#history.length > 3600 ? 10 : 1;
    return this.#history.filter(({ second }, i) => i % per === 0 && second + 1 > since).map((span) => ({
      ...span,
      seconds: per,
      requests: span.requests * per,
      failures: span.failures * per,
      tick: span.second + per,
      times: undefined,
    }));
  }

  #follow(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(eventText("snapshot", this.#id, this.#snapshot()));
    this.#readers.add(response);
    response.on("close", () => this.#readers.delete(response));
  }

  #sendPage(response: ServerResponse): void {
    const [script, style] = [text("src/server/app_script.txt"), text("src/server/app_style.txt")];
    response.setHeader("content-type", "text/html; charset=utf-8").end(
      `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>locust-ts</title><link rel="icon" href="data:,"><style>${style}</style></head><body><div id="app"></div><script>${script}</script></body></html>`,
    );
  }
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.setHeader("content-type", "application/json").end(JSON.stringify(body));
}

function eventText(name: string, id: number, data: unknown): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
