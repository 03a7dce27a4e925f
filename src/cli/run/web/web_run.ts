/**
 * A test with the web UI, local or as a master: the test session, the server and the runs that people start in it, from the import of
 * the locustfile to `quit`. Owns signals and keys meanwhile. The caller starts the threads.
 */
import { randomBytes } from "node:crypto";
import type { Logger } from "../../../base/logger.ts";
import type { RunEventSink } from "../../../master/run_event.ts";
import type { HttpServer } from "../../../platform/http_serve.ts";
import { createMetricsEndpoint } from "../../../report/exports/prometheus/metrics_endpoint.ts";
import { Access, type AccessSettings } from "../../../server/routing/access.ts";
import { renderAppPage } from "../../../server/app_page.ts";
import { Refusal } from "../../../server/answers/api_error.ts";
import { EventLog } from "../../../server/feed/event_log.ts";
import { HistoryCsv } from "../../../server/api/history_csv.ts";
import { NOTHING_ADDED } from "../../../server/login/locustfile_web.ts";
import type { PlainPage } from "../../../server/login/login_page.ts";
import { RunFeed } from "../../../server/feed/run_feed.ts";
import { createApp } from "../../../server/web_app.ts";
import { EXIT_USAGE } from "../../terminal/exit_code.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import type { Interrupt } from "../../terminal/interrupt.ts";
import { changeLoad } from "../../terminal/change_load.ts";
import { keyLegend, listenForKeys } from "../../terminal/keyboard.ts";
import { ExtraTabs } from "./extra_tabs.ts";
import { LocustfileCalls } from "./locustfile_calls.ts";
import { loadUnlessInterrupted } from "../setup/early_signal.ts";
import { RunSession, type RunSessionParts } from "../setup/run_session.ts";
import { WebArchive } from "./web_archive.ts";
import { WebControl } from "./web_control.ts";
import { listenForWeb, listenHostOf, warnOfOpenDoor, webAddress } from "./web_listen.ts";
import { WebLogs } from "./web_logs.ts";

export interface WebRunParts extends RunSessionParts {
  readonly interrupt: Interrupt;
}

export class WebRun {
  readonly #parts: WebRunParts;
  readonly #logger: Logger;
  readonly #test: RunSession;
  readonly #events: EventLog;
  readonly #feed: RunFeed;
  readonly #historyCsv = new HistoryCsv();
  readonly #logs: WebLogs;
  readonly #closing = new AbortController();
  readonly #quit = Promise.withResolvers<void>();
  #control: WebControl | undefined;
  #exportTo: RunEventSink | undefined;
  #extraTabs: ExtraTabs | undefined;

  constructor(parts: WebRunParts) {
    this.#parts = parts;
    const { deps, logging } = parts;
    this.#logger = logging.named("locust.main");
    this.#events = new EventLog(deps.clock.wallMs());
    this.#feed = new RunFeed({
      log: this.#events,
      verdictOf: (snapshot, thresholds) => this.#test.session.run?.verdictOf(snapshot, thresholds),
      connected: () => this.#test.session.workers,
    });
    this.#logs = new WebLogs(deps.clock, (lines) => this.#feed.logged(lines));
    logging.follow((line) => this.#logs.add(line));
    this.#test = new RunSession(parts, {
      event: (event) => {
        this.#historyCsv.sink(event);
        this.#exportTo?.(event);
        this.#feed.sink(event);
        this.#extraTabs?.sink(event);
      },
      quitAsked: () => this.#quit.resolve(),
      startAsked: (users, spawnRate) => this.#startFor({ users, spawnRate }),
    });
  }

  /** Starts the control thread, which gets ready meanwhile, and so does the page. */
  start(): void {
    this.#test.session.start();
    loadPage().catch(() => {}); // a request for it says what is wrong
  }

  /** Resolves to the exit code; rejects with what makes the test impossible. */
  async run(): Promise<number> {
    const { deps, request, logging, interrupt } = this.#parts;
    const { session } = this.#test;
    const loading = session.load(request.files, request.options.logLevel);
    const loaded = await loadUnlessInterrupted(loading, interrupt, { logger: this.#logger, clock: deps.clock });
    if (loaded.kind === "interrupted") return loaded.exitCode;
    const description = loaded.value;
    const base = request.finish(description);
    const { options } = base;
    this.#logger.info(`Starting Locust ${deps.version} (locust-ts)`);
    this.#test.warn(base);
    const archive = new WebArchive(options.runsDir, this.#logger);
    await archive.open();
    try {
      const calls = new LocustfileCalls({
        session,
        description: await this.#test.open(base) ?? NOTHING_ADDED,
        logger: this.#logger,
      });
      const parts = { request, deps, logging, interrupt, test: this.#test, description, base, archive };
      const added = calls.description;
      const control = this.#control = new WebControl({ ...parts, feed: this.#feed, logs: this.#logs, added });
      const { settings, secrets } = chooseAccess(options, added.login !== undefined);
      const access = new Access(settings, deps.clock);
      this.#extraTabs = new ExtraTabs(calls, (rows) => this.#feed.extraChanged(rows));
      this.#extraTabs.refresh();
      void control.drawShapes();
      using _usage = this.#test.watchUsage(options);
      const server = await this.#listen(options, control, access, calls);
      try {
        this.#announce(options, server, access, secrets);
        await session.letWorkersJoin();
        using _keys = this.#listenForKeys(webAddress(options, server.port));
        await this.#untilQuit(options, control);
        await control.stop(this.#stopReason());
        const failuresBefore = session.failures;
        return await session.quit((processExitCode) => {
          // As after a run in a terminal: a listener of `quitting` that failed is our failure, too.
          const ownCode = session.failures > failuresBefore ? EXIT_USAGE : control.exitCode;
          const exitCode = processExitCode ?? ownCode;
          this.#logger.info(`Shutting down (exit code ${exitCode})`);
          return exitCode;
        });
      } finally {
        this.#closing.abort();
        await server.close();
      }
    } finally {
      this.#logs.close();
      await session[Symbol.asyncDispose]();
    }
  }

  /** Ends the control thread at once, whatever it does. */
  terminate(): void {
    this.#test.session.terminate();
  }

  async #listen(
    options: RunOptions,
    control: WebControl,
    access: Access,
    locustfile: LocustfileCalls,
  ): Promise<HttpServer> {
    const { deps } = this.#parts;
    const metrics = createMetricsEndpoint(options.nameHistograms ? "names" : "total");
    this.#exportTo = metrics.sink;
    const app = createApp({
      control,
      feed: this.#feed,
      log: this.#events,
      historyCsv: this.#historyCsv,
      clock: deps.clock,
      access,
      version: deps.version,
      closing: this.#closing.signal,
      guard: {
        listenHost: listenHostOf(options),
        allowedHosts: options.webAllowHost,
        allowedOrigins: options.webAllowOrigin,
      },
      basePath: options.webBasePath ?? "",
      isTls: options.webTls.cert !== undefined,
      page: loadPage,
      licenses: loadLicenses,
      metrics: metrics.respond,
      locustfile,
      reportError: (error) =>
        this.#logger.error(
          `The web UI failed: ${error instanceof Error ? error.stack ?? error.message : String(error)}`,
        ),
    });
    return await listenForWeb(options, deps, async (request, info) => await app.fetch(request, info));
  }

  /** Secrets go to the terminal and not to the log, which everyone at the web UI can read. */
  #announce(options: RunOptions, { port }: HttpServer, access: Access, secrets: WebSecrets): void {
    const { stderr } = this.#parts.deps;
    const address = webAddress(options, port);
    this.#logger.info(`Starting web interface at ${address}`);
    warnOfOpenDoor(options, access.hasLogin, this.#logger);
    if (options.skipLogSetup) stderr.write(`Web UI: ${address}\n`);
    if (secrets.madePassword !== undefined) stderr.write(`Web UI password: ${secrets.madePassword}\n`);
    if (secrets.spectatorKey !== undefined) {
      stderr.write(`Spectators: ${address.replace(/\/$/, "")}/spectate?key=${secrets.spectatorKey}\n`);
    }
  }

  /** Until a signal, `runner.quit()`, or `--autoquit`. */
  async #untilQuit(options: RunOptions, control: WebControl): Promise<void> {
    const { interrupt, deps } = this.#parts;
    const signalled = new Promise<void>((resolve) => {
      if (interrupt.drain.aborted) resolve();
      interrupt.drain.addEventListener("abort", () => resolve(), { once: true });
    });
    const ends: Promise<unknown>[] = [signalled, this.#quit.promise];
    if (options.autostart) {
      const ended = control.runEnded;
      this.#startFor({});
      const { autoquitSeconds } = options;
      if (autoquitSeconds !== undefined) {
        const isOver = ended.then(() => deps.clock.sleep(autoquitSeconds * 1000));
        ends.push(isOver.then(() => this.#logger.info("--autoquit time reached, shutting down")));
      }
    }
    await Promise.race(ends);
  }

  /** A start that no request waits for. */
  #startFor(order: { readonly users?: number; readonly spawnRate?: number }): void {
    this.#control?.start(order).catch((error) => {
      this.#logger.error(error instanceof Refusal ? error.message : String(error));
    });
  }

  #stopReason() {
    const { interrupt } = this.#parts;
    return interrupt.drain.aborted
      ? { kind: "interrupted" as const, signal: interrupt.signal ?? "SIGINT" as const }
      : { kind: "requested" as const };
  }

  #listenForKeys(address: string): Disposable | undefined {
    const { deps } = this.#parts;
    const keys = listenForKeys(deps.stdin, (command) => {
      const { run } = this.#test.session;
      if (command.kind === "interrupt") return deps.raise("SIGINT");
      if (command.kind === "openWebUi") return this.#logger.info(`The web UI is at ${address}`);
      if (run !== undefined) changeLoad(run, command, this.#logger);
    });
    if (keys !== undefined) this.#logger.info(`Keys: ${keyLegend("web")}`);
    return keys;
  }
}

interface WebSecrets {
  readonly madePassword?: string;
  readonly spectatorKey?: string;
}

function chooseAccess(
  { webLogin, webPassword, webToken, webSpectators }: RunOptions,
  hasOwnLogin: boolean,
): { readonly settings: AccessSettings; readonly secrets: WebSecrets } {
  const isCheckedElsewhere = webLogin && hasOwnLogin;
  const made = webLogin && !hasOwnLogin && webPassword === undefined
    ? randomBytes(12).toString("base64url")
    : undefined;
  const password = isCheckedElsewhere ? undefined : webPassword ?? made;
  const spectatorKey = webSpectators ? randomBytes(18).toString("base64url") : undefined;
  return {
    settings: {
      isCheckedElsewhere,
      ...(password === undefined ? {} : { password }),
      ...(webToken === undefined ? {} : { token: webToken }),
      ...(spectatorKey === undefined ? {} : { spectatorKey }),
    },
    secrets: {
      ...(made === undefined ? {} : { madePassword: made }),
      ...(spectatorKey === undefined ? {} : { spectatorKey }),
    },
  };
}

let page: Promise<PlainPage> | undefined;

/** Loaded and hashed when it is asked for first. */
function loadPage(): Promise<PlainPage> {
  return page ??= import("../../../server/app_assets.ts").then(({ APP_ASSETS }) => renderAppPage(APP_ASSETS));
}

async function loadLicenses(): Promise<string> {
  return (await import("../../../server/app_assets.ts")).LICENSES;
}
