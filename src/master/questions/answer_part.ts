/** Answers a worker that asks for a part of a data file. Never rejects: why there is none is an answer too. */
import { describeProblem, LocustError } from "../../base/errors.ts";
import type { ToMaster, ToWorker } from "../../protocol/worker_message.ts";
import type { ShippedLocustfile } from "../master_options.ts";

type FetchPart = Extract<ToMaster, { kind: "fetchPart" }>;
type FilePart = Extract<ToWorker, { kind: "filePart" }>;

export async function answerPart(
  locustfile: Pick<ShippedLocustfile, "hash" | "part">,
  { hash, path, offset }: FetchPart,
  workerId: string,
): Promise<FilePart> {
  const answer = { kind: "filePart", hash, path, offset } as const;
  try {
    if (hash !== locustfile.hash || locustfile.part === undefined) {
      throw new LocustError(
        `Cannot ship the data file "${path}" to workers: the master has another locustfile; restart the worker`,
      );
    }
    return { ...answer, bytes: await locustfile.part({ path, offset }, workerId) };
  } catch (error) {
    return { ...answer, bytes: new Uint8Array(0), problem: describeProblem(error) };
  }
}
