/**
 * `--statsd`: sends packets over UDP each second. Nothing waits for them: a receiver that is not there, or a name that is not found in
 * time, costs one warning. Counters are what was counted since the last packets that nobody refused, so that a pause loses none: the
 * system says with the next packets that there was no listener for those before.
 */
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { formatHostPort, type HostPort } from "../../../link/address.ts";
import type { RunEvent } from "../../../master/run_event.ts";
import type { Output, OutputContext } from "../../files/output.ts";
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

/** What has been counted in the packets of a run. */
interface Sent {
  readonly runId: string | undefined;
  readonly counted: CountedBefore;
}

/** Opens a connected socket: then the system says when nothing listens there. */
export type OpenSocket = (target: HostPort, failed: (error: unknown) => void) => Promise<Socket>;

export function openStatsd(
  target: HostPort,
  { clock, warn, log }: Pick<OutputContext, "clock" | "warn" | "log">,
  open: OpenSocket = openSocket,
): Output {
  let run = NO_EXPORTED_RUN;
  const sender = new StatsdSender((failed) => open(target, failed));
  const delivery = new Delivery<ExportedRun>({
    receiver: `StatsD at ${formatHostPort(target)}`,
    clock,
    warn,
    log,
    send: (batch, signal) => sender.send(batch, signal),
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
      sender.close();
    },
  };
}

/** Owns the socket, and knows what has been counted in packets that nobody refused. */
class StatsdSender {
  readonly #open: (failed: (error: unknown) => void) => Promise<Socket>;
  #socket: Promise<Socket> | undefined;
  #refusal: unknown; // the system's answer to packets that were sent before
  #sent: Sent | undefined;
  #taken: Sent | undefined; // all but the last packets, which may still be refused
  #isDoubted = false; // packets were refused, and none has been sent since that was not

  constructor(open: (failed: (error: unknown) => void) => Promise<Socket>) {
    this.#open = open;
  }

  /** `unknown`: whether somebody takes the packets is not known yet. Rejects where nobody does. */
  async send(batch: ExportedRun, signal: AbortSignal): Promise<"taken" | "unknown"> {
    const socket = await (this.#socket ??= this.#connect());
    this.#throwRefusal();
    if (signal.aborted || batch.snapshot === undefined) return "unknown"; // a later batch has its counts
    const runId = batch.started?.runId;
    const before = this.#sent !== undefined && this.#sent.runId === runId ? this.#sent.counted : NOTHING_COUNTED;
    const figures = {
      rows: countedRows(batch),
      splits: countedSplits(batch),
      arrivals: countedArrivals(batch),
      measures: countedMeasures(batch),
    };
    const { packets, counted } = statsdTick(batch.snapshot, figures, before);
    await this.#sendAll(socket, packets);
    this.#taken = this.#sent;
    this.#sent = { runId, counted };
    const wasDoubted = this.#isDoubted;
    this.#isDoubted = false;
    return wasDoubted ? "unknown" : "taken";
  }

  close(): void {
    this.#socket?.then((socket) => socket.close(), () => {});
  }

  #connect(): Promise<Socket> {
    const opened = this.#open((error) => this.#refusal = error);
    opened.catch(() => {
      if (this.#socket === opened) this.#socket = undefined; // the next batch tries again
    });
    return opened;
  }

  #throwRefusal(): void {
    const refusal = this.#refusal;
    if (refusal === undefined) return;
    this.#refusal = undefined;
    this.#sent = this.#taken;
    this.#isDoubted = true;
    throw refusal;
  }

  async #sendAll(socket: Socket, packets: readonly Uint8Array[]): Promise<void> {
    for (const [index, packet] of packets.entries()) {
      try {
        await sendPacket(socket, packet);
      } catch (error) {
        if (index === 0 && isRefusal(error)) this.#sent = this.#taken; // later ones are told of the first
        this.#isDoubted = true;
        throw error;
      }
    }
  }
}

/** Of packets that left before. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
}

/** The name is looked up before: for one that is not found Bun's socket has no words of sense. */
async function openSocket({ host, port }: HostPort, failed: (error: unknown) => void): Promise<Socket> {
  const { address, family } = await lookup(host);
  return await new Promise((resolve, reject) => {
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    socket.unref();
    socket.on("error", (error) => {
      failed(error);
      reject(error);
    });
    socket.connect(port, address, () => resolve(socket));
  });
}

function sendPacket(socket: Socket, packet: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(packet, (error) => error ? reject(error) : resolve());
  });
}
