/**
 * Many workers in one process, for `master.ts`: each has a TCP link of its own and speaks the whole protocol, but runs no users.
 * Each second each sends a heartbeat and a delta of 50 names, at a moment of its own. Arguments: port, number of workers.
 * Prints lines of JSON: `{"joinedMs"}`, `{"assignedMs", "deltaBytes"}`, and at the end `{"requests"}`: what all of them have delivered.
 */
import { connect, type Socket } from "node:net";
import process from "node:process";
import { systemClock } from "../../src/base/clock.ts";
import { createRandom } from "../../src/base/random.ts";
import { workerCodec } from "../../src/protocol/codec.ts";
import { FrameReader } from "../../src/protocol/framing.ts";
import type { ToMaster, ToWorker } from "../../src/protocol/worker_message.ts";
import { Recorder } from "../../src/stats/recorder.ts";

const NAMES = 50;
const SAMPLES_PER_NAME = 20;
const LOCUSTFILE_CLASSES = ["Reader", "Writer"];
/** A number that takes five bytes, to be found in the frame and replaced. */
const SEQ_PLACE = 0x7fffffff;

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
const random = createRandom(1);
const startedMs = performance.now();
let joined = 0;
let assigned = 0;
let requests = 0;
let ended = 0;
let firstPlanMs = 0;
let template: Uint8Array | undefined;
let seqAt = -1;

/** The frame of a delta, the same for every worker and second but for its number. */
function statsFrame(runId: string, seq: number): Uint8Array {
  if (template === undefined) {
    const recorder = new Recorder({ clock: systemClock });
    for (let i = 0; i < NAMES * SAMPLES_PER_NAME; i++) {
      const entry = recorder.entry("GET", `/api/items/category-${i % NAMES}`);
      const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
      recorder.record(entry, 20 * Math.exp(0.5 * normal), 2048, undefined, 0);
    }
    const delta = recorder.drain();
    if (delta === undefined) throw new Error("samples were recorded");
    template = workerCodec.encode({ kind: "stats", runId, seq: SEQ_PLACE, spanMs: 1000, delta });
    seqAt = template.findIndex((_, at) => at > 4 && new DataView(template!.buffer).getUint32(at) === SEQ_PLACE);
  }
  const frame = template.slice();
  new DataView(frame.buffer).setUint32(seqAt, seq);
  return frame;
}

function startWorker(index: number): void {
  const workerId = `simulated_${index}`;
  let runId: string | undefined;
  let users = 0;
  let seq = 0;
  let acked = 0;
  let isEnding = false;
  const frames = new FrameReader();
  const socket: Socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  socket.on("error", (error) => console.error(`${workerId}: ${error.message}`));
  const send = (message: ToMaster) => void socket.write(workerCodec.encode(message));
  const second = () => {
    if (socket.destroyed || isEnding) return;
    const health = {
      cpuPercent: 12.5,
      machineCpuPercent: 20,
      rssBytes: 90_000_000,
      loopLagP99Ms: 1.5,
      latenessP99Ms: 1.25,
      hung: [],
    };
    send({ kind: "heartbeat", state: runId === undefined ? "ready" : "running", users, health });
    if (runId === undefined || acked < seq) return;
    socket.write(statsFrame(runId, ++seq));
    requests += NAMES * SAMPLES_PER_NAME;
  };
  const heard = (message: ToWorker) => {
    switch (message.kind) {
      case "challenge":
        return send({ kind: "hello", protocol: [1, 0], version: "bench", workerId, host: "bench", threads: 2 });
      case "welcome":
        send({ kind: "ready", locustfileHash: message.locustfileHash, userClasses: LOCUSTFILE_CLASSES });
        if (++joined === count) console.log(JSON.stringify({ joinedMs: performance.now() - startedMs }));
        setTimeout(() => setInterval(second, 1000), random.float() * 1000);
        return;
      case "startRun":
        firstPlanMs ||= performance.now();
        return;
      case "assign": {
        if (runId === undefined && ++assigned === count) {
          const deltaBytes = statsFrame(message.runId, 1).length;
          console.log(JSON.stringify({ assignedMs: performance.now() - firstPlanMs, deltaBytes }));
        }
        runId = message.runId;
        users = Object.values(message.users).reduce((sum, each) => sum + each, 0);
        return send({ kind: "applied", runId, epoch: message.epoch, users: message.users });
      }
      case "ack":
        acked = message.seq;
        if (isEnding) return;
        return;
      case "stop":
        isEnding = true;
        return send({ kind: "stopped", runId: message.runId, lastSeq: seq, abandoned: 0 });
      case "quit":
        send({ kind: "bye", reason: "sent away" });
        socket.end();
        if (++ended === count) console.log(JSON.stringify({ requests }));
        return;
      default:
        return;
    }
  };
  socket.on("data", (chunk) => frames.push(chunk as Uint8Array, (payload) => heard(workerCodec.decode(payload))));
}

// Not all in one moment: a listen queue is finite, and real machines start one after the other.
const BATCH = 100;
for (let begin = 0; begin < count; begin += BATCH) {
  for (let index = begin; index < Math.min(count, begin + BATCH); index++) startWorker(index);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
