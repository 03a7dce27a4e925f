/**
 * Makes the journal of a long run of a large cluster out of that of a short one: its last whole tick again and again, each a second
 * later, with so many workers that a tick is some 16 KB.
 */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

const WORKERS = 32;

/** At least `bytes` long. Returns how many seconds were added. */
export function writeLongJournal(short: string, long: string, bytes: number): number {
  const lines = readFileSync(short, "utf8").trimEnd().split("\n");
  const stopping = lines.findIndex((line) => line.startsWith('{"kind":"phaseBegan","phase":"coolDown"'));
  const ticked = lines.findLastIndex((line, i) => i < stopping && line.startsWith('{"kind":"ticked"'));
  const repeated = [lines[ticked - 1] ?? "", withWorkers(lines[ticked] ?? "")]; // what was counted, and its tick
  const file = openSync(long, "w");
  try {
    let size = writeLines(file, lines.slice(0, ticked + 1));
    let seconds = 0;
    while (size < bytes) {
      const block: string[] = [];
      for (let i = 0; i < 100; i++) {
        seconds++;
        for (const line of repeated) block.push(delayed(line, seconds));
      }
      size += writeLines(file, block);
    }
    writeLines(file, lines.slice(ticked + 1).map((line) => delayed(line, seconds)));
    return seconds;
  } finally {
    closeSync(file);
  }
}

function writeLines(file: number, lines: readonly string[]): number {
  return writeSync(file, `${lines.join("\n")}\n`);
}

function withWorkers(ticked: string): string {
  const event = JSON.parse(ticked);
  const [worker] = event.snapshot.workers;
  event.snapshot.workers = Array.from({ length: WORKERS }, (_, index) => ({ ...worker, id: `w${index}`, index }));
  return JSON.stringify(event);
}

function delayed(line: string, seconds: number): string {
  return line
    .replace(
      /"(atMs|wallMs|elapsedMs|loadMs|loadEndedMs)":([\d.]+)/g,
      (_, key, ms) => `"${key}":${Number(ms) + seconds * 1000}`,
    )
    .replace(/"(tick|fromSecond|toSecond)":(\d+)/g, (_, key, n) => `"${key}":${Number(n) + seconds}`);
}
