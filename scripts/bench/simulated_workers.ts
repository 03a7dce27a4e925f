/**
 * Many workers in one process, for `master.ts`: each has a TCP link of its own and speaks the whole protocol, but runs no users.
 * Each second each sends a heartbeat and a delta of 50 names, at a moment of its own. Arguments: port, number of workers, requests per
 * name and second.
 * Prints lines of JSON: `{"joinedMs"}`, `{"assignedMs", "deltaBytes"}`, and at the end `{"requests"}`: what all of them have delivered.
 */
import { createNonce } from "../../src/protocol/proof.ts";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { systemClock } from "../../src/base/clock.ts";
import { createRandom } from "../../src/base/random.ts";
import { createWorkerCodec } from "../../src/protocol/wire/codec.ts";
import { FrameReader } from "../../src/protocol/wire/framing.ts";
import type { ToMaster, ToWorker } from "../../src/protocol/worker_message.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";

const NAMES = 50;
/** Different deltas: a master that is always told the same would be flattered by its caches. */
const TEMPLATES = 20;
const LOCUSTFILE_CLASSES = ["Reader", "Writer"];
/** A number that takes five bytes, to be found in the frame and replaced. */
const SEQ_PLACE = 0x7fffffff;

const [port = 0, count = 0, samplesPerName = 20] = process.argv.slice(2).map(Number);
const random = createRandom(1);
const startedMs = performance.now();
let joined = 0;
let assigned = 0;
let requests = 0;
let ended = 0;
let firstPlanMs = 0;

type Frames = Record<"first" | "later", { readonly bytes: Uint8Array; readonly seqAt: number }>;
let templates: Frames[] = [];

/** Frames of deltas: the first one of a connection has the names in full, a later one their numbers. */
function makeFrames(runId: string): Frames {
  const recorder = new Recorder({ clock: systemClock });
  for (let i = 0; i < NAMES * samplesPerName; i++) {
    const entry = recorder.entry("GET", `/api/items/category-${i % NAMES}`);
    const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
    recorder.record(entry, 20 * Math.exp(0.5 * normal), 2048, undefined, 0);
  }
  const delta = recorder.drain();
  if (delta === undefined) throw new Error("samples were recorded");
  const codec = createWorkerCodec();
  const encode = () => {
    const bytes = codec.encode({ kind: "stats", runId, seq: SEQ_PLACE, spanMs: 1000, delta });
    const view = new DataView(bytes.buffer);
    return { bytes, seqAt: bytes.findIndex((_, at) => at > 4 && view.getUint32(at) === SEQ_PLACE) };
  };
  return { first: encode(), later: encode() };
}

function statsFrame(runId: string, seq: number): Uint8Array {
  if (templates.length === 0) templates = Array.from({ length: TEMPLATES }, () => makeFrames(runId));
  const { bytes, seqAt } = random.choice(templates)[seq === 1 ? "first" : "later"];
  const frame = bytes.slice();
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
  const codec = createWorkerCodec();
  const socket: Socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  socket.on("error", (error) => console.error(`${workerId}: ${error.message}`));
  const send = (message: ToMaster) => void socket.write(codec.encode(message));
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
    requests += NAMES * samplesPerName;
  };
  const heard = (message: ToWorker) => {
    switch (message.kind) {
      case "challenge":
        return send({
          ...{ kind: "hello", protocol: [1, 0], version: "bench", workerId, host: "bench", threads: 2 },
          nonce: createNonce(),
        });
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
          const deltaBytes = statsFrame(message.runId, 2).length;
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
  socket.on("data", (chunk) => frames.push(chunk as Uint8Array, (payload) => heard(codec.decode(payload))));
}

// Not all in one moment: a listen queue is finite, and real machines start one after the other.
const BATCH = 100;
for (let begin = 0; begin < count; begin += BATCH) {
  for (let index = begin; index < Math.min(count, begin + BATCH); index++) startWorker(index);
  await new Promise((resolve) => setTimeout(resolve, 20));
}
