/** @jsxImportSource preact */
/** The log of the master and its workers: by level, by text, and at its end as long as the reader follows. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ApiLogLevel, ApiLogLine } from "../../src/server/answers/api_types.ts";
import type { AppState } from "../model/app_state.ts";
import { formatTime } from "../view/format.ts";

const LEVELS: readonly ApiLogLevel[] = ["DEBUG", "PRINTED", "INFO", "WARNING", "ERROR", "CRITICAL"];
const CHOICES = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;
/** More are not shown at once: the filter finds the others. */
const MAX_SHOWN = 500;

export function LogsTab({ app: { live } }: { readonly app: AppState }) {
  const level = useSignal<ApiLogLevel>("DEBUG");
  const filter = useSignal("");
  const isFollowing = useSignal(true);
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => choose(live.logs.value, level.value, filter.value), [
    live.logs.value,
    level.value,
    filter.value,
  ]);
  useEffect(() => {
    if (isFollowing.value && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isFollowing.value]);
  const nodes = new Set(lines.map(({ node }) => node));
  return (
    <>
      <div class="table-tools">
        <label class="inline-field">
          <span>Level</span>
          <select
            aria-label="Level"
            value={level.value}
            onChange={(event) => level.value = event.currentTarget.value as ApiLogLevel}
          >
            {CHOICES.map((each) => (
              <option key={each} value={each}>{each === "DEBUG" ? "All" : `${each} and above`}</option>
            ))}
          </select>
        </label>
        <input
          type="search"
          aria-label="Filter log"
          placeholder="Filter log"
          value={filter.value}
          onInput={(event) => filter.value = event.currentTarget.value}
        />
        <span class="spacer" />
        <label class="check-field">
          <input
            type="checkbox"
            checked={isFollowing.value}
            onChange={(event) => isFollowing.value = event.currentTarget.checked}
          />
          Follow
        </label>
      </div>
      <div class="card log" role="log" aria-label="Master log" aria-live="off" tabIndex={0} ref={box}>
        {lines.length === 0 && <p class="empty">No line.</p>}
        {lines.map(({ id, wallMs, level: word, node, text }) => (
          <div key={id} class={`log-line log-${word.toLowerCase()}`}>
            <time dateTime={new Date(wallMs).toISOString()}>{formatTime(wallMs)}</time>
            <span class="log-level">{word}</span>
            {nodes.size > 1 && <span class="log-node">{node}</span>}
            <span class="log-text">{text}</span>
          </div>
        ))}
      </div>
    </>
  );
}

/** The newest lines of at least the level that have the text. */
function choose(lines: readonly ApiLogLine[], level: ApiLogLevel, filter: string): readonly ApiLogLine[] {
  const least = LEVELS.indexOf(level);
  const wanted = filter.trim().toLowerCase();
  const fits = ({ level: word, text, node }: ApiLogLine) =>
    LEVELS.indexOf(word) >= least && (wanted === "" || `${node} ${text}`.toLowerCase().includes(wanted));
  return lines.filter(fits).slice(-MAX_SHOWN);
}
