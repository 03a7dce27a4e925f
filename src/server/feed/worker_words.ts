/** Names what happens to workers in the words of the page: in its events and as marks in its charts. Pure. */
import type { WorkerTrouble } from "../../master/run_event.ts";

/** Locust's ids end in 32 hex digits, of which four tell workers apart. */
export function shortenWorkerId(id: string): string {
  return id.replace(/_([0-9a-f]{4})[0-9a-f]{28}$/, "_$1");
}

export function describeTrouble(trouble: WorkerTrouble): string {
  switch (trouble.kind) {
    case "linkBroke":
      return "its link broke";
    case "wasSilent":
      return `was silent for ${Math.round(trouble.silentMs / 1000)} s, and kept its users`;
    case "isOlder":
      return "is of an older version";
    case "threadHung":
      return `thread ${trouble.thread} hangs in ${trouble.doing}`;
  }
}
