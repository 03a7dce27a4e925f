/**
 * `--statsd`: sends packets over UDP each second. Nothing waits for them: a receiver that is not there, or a name that is not found in
 * time, costs one warning. Counters are what was counted since the packets that were sent last, so that a pause loses none.
 */
import { createSocket, type Socket } from "node:dgram";
import { formatHostPort, type HostPort } from "../../../link/address.ts";
import type { RunEvent } from "../../../master/run_event.ts";
import type { Output, OutputContext } from "../../output.ts";
import { Delivery } from "../delivery.ts";
import {
  countedArrivals,
  countedMeasures,
  countedRows,
  countedSplits,
  type ExportedRun,
  foldExportedRun,
  NO_EXPORTED_RUN,
} from "../exported_run.ts";
import { type CountedBefore, NOTHING_COUNTED, statsdTick } from "./statsd_packets.ts";

/** Opens a connected socket: then the system says when nothing listens there. */
export type OpenSocket = (target: HostPort, failed: (error: unknown) => void) => Promise<Socket>;

export function openStatsd(
  target: HostPort,
  { clock, warn, log }: Pick<OutputContext, "clock" | "warn" | "log">,
  open: OpenSocket = openSocket,
): Output {
  let run = NO_EXPORTED_RUN;
  let sent: { readonly runId: string | undefined; readonly counted: CountedBefore } | undefined;
  let socket: Promise<Socket> | undefined;
  let refusal: unknown; // the system's answer to packets that were sent before
  const connect = () => {
    const opened = open(target, (error) => refusal = error);
    opened.catch(() => {
      if (socket === opened) socket = undefined; // the next batch tries again
    });
    return opened;
  };
  const delivery = new Delivery<ExportedRun>({
    receiver: `StatsD at ${formatHostPort(target)}`,
    clock,
    warn,
    log,
    async send(batch, signal) {
      const opened = await (socket ??= connect());
      if (refusal !== undefined) {
        const error = refusal;
        refusal = undefined;
        throw error;
      }
      if (signal.aborted || batch.snapshot === undefined) return; // a later batch has its counts
      const runId = batch.started?.runId;
      const before = sent !== undefined && sent.runId === runId ? sent.counted : NOTHING_COUNTED;
      const figures = {
        rows: countedRows(batch),
        splits: countedSplits(batch),
        arrivals: countedArrivals(batch),
        measures: countedMeasures(batch),
      };
      const { packets, counted } = statsdTick(batch.snapshot, figures, before);
      sent = { runId, counted };
      await sendAll(opened, packets);
    },
  });
  return {
    sink(event: RunEvent) {
      run = foldExportedRun(run, event);
      if (event.kind === "ticked" || event.kind === "runEnded") delivery.offer(run);
    },
    failed: false,
    settle: (signal) => delivery.settle(signal),
    close() {
      delivery.close();
      socket?.then((opened) => opened.close(), () => {});
    },
  };
}

function openSocket({ host, port }: HostPort, failed: (error: unknown) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    socket.unref();
    socket.on("error", (error) => {
      failed(error);
      reject(error);
    });
    socket.connect(port, host, () => resolve(socket));
  });
}

async function sendAll(socket: Socket, packets: readonly Uint8Array[]): Promise<void> {
  for (const packet of packets) {
    await new Promise<void>((resolve, reject) => {
      socket.send(packet, (error) => error ? reject(error) : resolve());
    });
  }
}
