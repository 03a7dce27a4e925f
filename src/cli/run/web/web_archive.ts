/**
 * The summaries of earlier runs, for comparison: those of this process, compressed and bounded, and those of the folder
 * of `--runs-dir`, in which each run of this process leaves its own.
 */
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { UsageError } from "../../../base/errors.ts";
import { describeUnwritable } from "../../../base/given_file.ts";
import type { Logger } from "../../../base/logger.ts";
import { type RunSummary, SUMMARY_SCHEMA } from "../../../report/summary/summary.ts";
import type { ApiRunListing } from "../../../server/answers/api_types.ts";

/** Runs of this process whose summaries are kept in memory. */
const MAX_KEPT = 20;
/** Files of the folder that are offered: the newest ones. */
const MAX_FILES = 200;
/** A summary of 2,000 rows is a few megabytes; a larger file is none. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

interface KeptRun {
  readonly listing: ApiRunListing;
  readonly packed: Uint8Array;
}

interface KnownFile {
  readonly stamp: string;
  readonly listing: ApiRunListing | undefined;
}

export class WebArchive {
  readonly #folder: string | undefined;
  readonly #logger: Logger;
  #kept: KeptRun[] = [];
  readonly #files = new Map<string, KnownFile>();

  constructor(folder: string | undefined, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** Makes the folder. @throws {UsageError} */
  async open(): Promise<void> {
    if (this.#folder === undefined) return;
    try {
      await mkdir(this.#folder, { recursive: true });
    } catch (cause) {
      throw new UsageError(
        `Cannot use --runs-dir "${this.#folder}": ${describeUnwritable(cause)}; choose another folder`,
        {
          cause,
        },
      );
    }
  }

  async keep(summary: RunSummary): Promise<void> {
    const text = JSON.stringify(summary);
    this.#kept.unshift({ listing: toListing(summary, "process"), packed: gzipSync(text) });
    this.#kept.splice(MAX_KEPT);
    if (this.#folder === undefined) return;
    const path = join(this.#folder, `${summary.run.startedAt.replace(/[-:]|\.\d+/g, "")}-${summary.run.id}.json`);
    try {
      await writeFile(path, `${text}\n`);
    } catch (error) {
      this.#logger.error(
        `Cannot write "${path}" of --runs-dir: ${describeUnwritable(error)}; the run is not kept there`,
      );
    }
  }

  /** Newest first; with the run that is on. */
  async list(current: RunSummary | undefined): Promise<readonly ApiRunListing[]> {
    const kept = this.#kept.map(({ listing }) => listing);
    const isKept = current === undefined || kept.some(({ id }) => id === current.run.id);
    const own = isKept ? kept : [toListing(current, "process"), ...kept];
    const ids = new Set(own.map(({ id }) => id));
    const others = (await this.#readFolder()).map(({ listing }) => listing).filter(({ id }) => !ids.has(id));
    return [...own, ...others].sort((a, b) => a.startedAt < b.startedAt ? 1 : -1);
  }

  async find(id: string): Promise<RunSummary | undefined> {
    const own = this.#kept.find(({ listing }) => listing.id === id);
    if (own !== undefined) return JSON.parse(gunzipSync(own.packed).toString("utf8")) as RunSummary;
    const file = (await this.#readFolder()).find(({ listing }) => listing.id === id);
    return file === undefined ? undefined : await readSummary(file.path);
  }

  async #readFolder(): Promise<readonly { readonly path: string; readonly listing: ApiRunListing }[]> {
    if (this.#folder === undefined) return [];
    const folder = this.#folder;
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort().reverse();
    const found: { readonly path: string; readonly listing: ApiRunListing }[] = [];
    for (const name of names.slice(0, MAX_FILES)) {
      const path = join(folder, name);
      const listing = await this.#look(path);
      if (listing !== undefined) found.push({ path, listing });
    }
    return found;
  }

  /** A file is read again only when it has changed. */
  async #look(path: string): Promise<ApiRunListing | undefined> {
    const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: Infinity }));
    const stamp = `${mtimeMs} ${size}`;
    const known = this.#files.get(path);
    if (known?.stamp === stamp) return known.listing;
    const summary = size > MAX_FILE_BYTES ? undefined : await readSummary(path);
    const listing = summary === undefined ? undefined : toListing(summary, "folder");
    if (this.#files.size > 2 * MAX_FILES) this.#files.clear();
    this.#files.set(path, { stamp, listing });
    return listing;
  }
}

/** Undefined for a file that is no summary. */
async function readSummary(path: string): Promise<RunSummary | undefined> {
  try {
    const value = JSON.parse(await readFile(path, "utf8")) as Partial<RunSummary> | null;
    const isSummary = value?.schema === SUMMARY_SCHEMA && typeof value.run?.id === "string" &&
      typeof value.run.startedAt === "string" && value.total !== undefined && value.verdict !== undefined;
    return isSummary ? value as RunSummary : undefined;
  } catch {
    return undefined;
  }
}

function toListing({ run, users, total, verdict }: RunSummary, source: ApiRunListing["source"]): ApiRunListing {
  return {
    id: run.id,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    durationSeconds: run.durationSeconds,
    locustfile: run.locustfile,
    host: run.host,
    users: users.peak,
    requests: total.requests,
    failures: total.failures,
    perSecond: total.perSecond,
    p50Ms: total.percentilesMs["50"],
    p95Ms: total.percentilesMs["95"],
    verdict: verdict.kind,
    stopReason: run.stopReason.kind,
    exitCode: run.exitCode,
    source,
  };
}
