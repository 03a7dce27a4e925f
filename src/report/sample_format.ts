/** The form of the lines of `--samples`, by the path of the file. Pure. */
import type { SampleFormat } from "../protocol/delta_message.ts";

/** By the ending of the path; undefined: neither. */
export function sampleFormatOf(path: string): SampleFormat | undefined {
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(path)) return "ndjson";
  return /\.csv(\.gz)?$/i.test(path) ? "csv" : undefined;
}
