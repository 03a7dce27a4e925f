/**
 * Locust's own page, as the `locust` package of PyPI has it built, in front of our API: its files are served here, everything else is
 * passed on to the program under test. The template arguments, which Locust writes into its page, are made of our form.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { extname, join } from "node:path";
import process from "node:process";
import type { ApiForm, ApiRun } from "../../src/server/answers/api_types.ts";

/** `.ci/locust_page` puts it there; nothing is downloaded here. */
const FOLDER = join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "locust-ts/locust-page-2.47.0",
);

export function hasLocustPage(): boolean {
  return existsSync(join(FOLDER, "index.html"));
}

export interface LocustPage extends AsyncDisposable {
  readonly url: string;
  /** `POST /swarm 200`, in order. */
  readonly answered: string[];
}

/** `target`: the address of the program under test. */
export async function openLocustPage(target: string): Promise<LocustPage> {
  const answered: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? "/", target);
    if (pathname === "/") return void sendIndex(target, outgoing);
    if (pathname.startsWith("/assets/")) return sendAsset(pathname, outgoing);
    passOn(target, incoming, outgoing, (status) => answered.push(`${incoming.method} ${incoming.url} ${status}`));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    answered,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function passOn(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  done: (status: number) => void,
): void {
  const { hostname, port } = new URL(target);
  const { method = "GET", url: path = "/", headers } = incoming;
  const passed = request({ hostname, port, method, path, headers }, (answer) => {
    done(answer.statusCode ?? 0);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on("error", () => outgoing.writeHead(502).end());
  incoming.pipe(passed);
}

function sendAsset(pathname: string, outgoing: ServerResponse): void {
  const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".css": "text/css", ".png": "image/png" };
  const path = join(FOLDER, pathname);
  if (!existsSync(path)) return void outgoing.writeHead(404).end();
  outgoing.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" });
  outgoing.end(readFileSync(path));
}

async function sendIndex(target: string, outgoing: ServerResponse): Promise<void> {
  const read = async (path: string) => await (await fetch(`${target}${path}`)).json();
  const [form, run] = await Promise.all([read("/api/v1/form"), read("/api/v1/run")]) as [ApiForm, ApiRun];
  const html = readFileSync(join(FOLDER, "index.html"), "utf8")
    .replace("{{ template_args|tojson }}", JSON.stringify(templateArgs(form, run)).replaceAll("<", "\\u003c"));
  outgoing.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
}

/** As Locust's `web.py` fills them in. */
function templateArgs(form: ApiForm, run: ApiRun): Readonly<Record<string, unknown>> {
  const { program, defaults, userClasses } = form;
  return {
    locustfile: program.locustfile,
    version: program.version,
    state: run.state,
    user_count: run.users,
    is_distributed: program.isDistributed,
    worker_count: 0,
    host: defaults.host ?? "",
    override_host_warning: false,
    missing_host_warning: form.isHostMissing,
    is_host_required: form.isHostRequired,
    history: [],
    num_users: defaults.users,
    spawn_rate: defaults.spawnRate,
    run_time: defaults.runTime,
    profile: defaults.profile,
    hide_common_options: form.shape !== null,
    shape_use_common_options: null,
    stats_history_enabled: program.hasFullHistory,
    tasks: "{}",
    extra_options: Object.fromEntries(form.options.map((option) => [option.name, {
      default_value: option.value,
      is_secret: option.isSecret,
      is_required: option.isRequired,
      help_text: option.help,
      is_multiple: option.kind === "list" || option.kind === "choices",
      choices: option.choices.length > 0 ? option.choices : null,
    }])),
    show_userclass_picker: form.hasClassPicker,
    available_user_classes: userClasses.map(({ name }) => name),
    available_shape_classes: ["Default", ...form.shapes],
    available_user_tasks: Object.fromEntries(userClasses.map(({ name, tasks }) => [name, tasks])),
    users: Object.fromEntries(userClasses.map(({ name, host, weight, fixedCount, settings }) => [
      name,
      { ...settings, host, weight, fixed_count: fixedCount },
    ])),
    percentiles_to_chart: [0.5, 0.95],
    percentiles_to_statistics: [0.95, 0.99],
    all_profiles: form.profiles,
    extended_tabs: form.tabs.map(({ key, title }) => ({ key, title })),
    extended_tables: form.tabs.map(({ key, columns }) => ({ key, structure: columns })),
    extended_csv_files: form.downloads.map(({ title, href }) => ({ title, href })),
  };
}
