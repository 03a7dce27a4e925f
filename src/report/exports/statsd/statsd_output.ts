/**
 * `--statsd`: sends packets over UDP each second. Nothing waits for them: a receiver that is not there costs one warning.
 */
import { createSocket, type Socket } from "node:dgram";
import { formatHostPort, type HostPort } from "../../../link/address.ts";
import type { RunEvent } from "../../../master/run_event.ts";
import type { Output, OutputContext } from "../../output.ts";
import { describeRefusal } from "../delivery.ts";
import { countedRows, foldExportedRun, NO_EXPORTED_RUN } from "../exported_run.ts";
import { type CountedBefore, statsdTick } from "./statsd_packets.ts";

export function openStatsd({ host, port }: HostPort, { warn }: Pick<OutputContext, "warn">): Output {
  let run = NO_EXPORTED_RUN;
  let before: CountedBefore = new Map();
  let isWarned = false;
  const refuse = (error: unknown) => {
    if (!isWarned) warn(describeRefusal(`StatsD at ${formatHostPort({ host, port })}`, error));
    isWarned = true;
  };
  const socket = openSocket({ host, port }, refuse);
  let underWay: Promise<void> = socket.then(() => {}, () => {});
  const take = (event: RunEvent) => {
    run = foldExportedRun(run, event);
    if (event.kind === "runStarted") before = new Map();
    if (event.kind !== "ticked" && event.kind !== "runEnded" && event.kind !== "statsReset") return;
    if (run.snapshot === undefined) return;
    const { packets, counted } = statsdTick(run.snapshot, countedRows(run), before);
    before = counted;
    underWay = socket.then((opened) => sendAll(opened, packets)).catch(refuse);
  };
  return {
    sink: take,
    failed: false,
    settle: async (signal) => {
      await Promise.race([underWay, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
    },
    close() {
      socket.then((opened) => opened.close(), () => {});
    },
  };
}

/** Connected, so that the system says when nothing listens there. */
function openSocket({ host, port }: HostPort, refuse: (error: unknown) => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
    socket.unref();
    socket.on("error", (error) => {
      refuse(error);
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
