/**
 * Throws broken responses at the engine: well-formed ones, mutated byte by byte and token by token, split anywhere, ended in
 * any way. What must hold for each: the request ends once; two splits of the same bytes come to the same response, or both fail
 * (a head that never ends is judged by its pieces); a body that is counted as a success has the length that its head promised;
 * nothing throws but a `WireError`.
 *
 *     bun scripts/fuzz/response.ts [--seconds 60 | --cases 2000000] [--seed 1]
 *
 * A number of cases is the same work on every machine, whatever runs beside it.
 */
import process from "node:process";
import { setImmediate } from "node:timers";
import { parseArgs } from "node:util";
import { systemClock } from "../../src/base/clock.ts";
import { createRandom, type Random } from "../../src/base/random.ts";
import { HttpEngine } from "../../src/http/engine/engine.ts";
import { encodeHead } from "../../src/http/request/request_head.ts";
import { createOrigin } from "../../src/http/engine/origin.ts";
import type { WireError } from "../../src/http/bytes/wire_error.ts";
import type { WireResponse } from "../../src/http/engine/wire_response.ts";
import { MemoryNetwork, toText } from "../../tests/support/memory_socket.ts";

const SEEDS: readonly string[] = [
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nhello, world!",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n8\r\n, world!\r\n0\r\nSum: 1\r\n\r\n",
  "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5, max=100\r\n\r\n",
  "HTTP/1.1 304 Not Modified\nContent-Length: 500\nX-Folded: a\n b\n\n",
];

/** What breaks readers, as a token in the place of another. */
const TOKENS: readonly string[] = [
  ..."\0|\r|\n|\r\n|\r\n\r\n| |\t|:|;|,|-|+|0|5|a|ffffffff|100000005|4294967301|18446744073709551621|0x5".split("|"),
  ..."HTTP/1.1|HTTP/2.0|200|204|101|103|chunked|gzip|identity|close|keep-alive|Transfer-Encoding: chunked\r\n".split(
    "|",
  ),
  ..."Content-Length: 5\r\n|Content-Length: 6\r\n|Connection: close\r\n|0\r\n\r\n|\x15\x03\x01|PRI * HTTP/2.0\r\n\r\n"
    .split("|"),
];

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    cases: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});
const origin = createOrigin(new URL("http://127.0.0.1"))!;
const results = new Map<string, number>();

function mutate(text: string, random: Random): string {
  const at = random.integer(0, text.length);
  const length = random.integer(0, 4);
  switch (random.integer(0, 5)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(random.integer(0, 255)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + random.choice(TOKENS) + text.slice(at + length);
    case 3:
      return text.slice(0, at) + text.slice(Math.max(0, at - random.integer(1, 30)));
    case 4:
      return text.slice(0, at);
    default:
      return text.slice(0, at) + random.choice(SEEDS).slice(random.integer(0, 40));
  }
}

type Ending = "finish" | "break" | "abort";
interface Case {
  readonly wire: string;
  readonly method: string;
  readonly ending: Ending;
}

/** The result of one case as text; throws if an invariant is broken. */
async function run({ wire, method, ending }: Case, random: Random | undefined): Promise<string> {
  const network = new MemoryNetwork(random?.integer(0, 1) === 1 ? "reused" : "fresh");
  const engine = new HttpEngine({ connectSocket: network.connect, clock: systemClock, maxHeadBytes: 4096 });
  const ends: string[] = [];
  engine.send({ origin, method, head: encodeHead(origin, method, "/", []) }, {
    completed: (response) => void ends.push(describe(response, method)),
    failed: (error: WireError) => void ends.push(error.label),
  });
  while (network.sockets.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => setImmediate(resolve));
  for (let at = 0; at < wire.length;) {
    const size = random === undefined ? wire.length : random.integer(1, random.choice([1, 3, 20, 200]));
    network.last.receive(wire.slice(at, at += size));
  }
  if (ending === "abort") engine.abortAll();
  else network.last[ending]();
  engine.close();
  if (ends.length !== 1) throw new Error(`ended ${ends.length} times: ${ends.join(", ")}`);
  if (engine.pending !== 0) throw new Error(`${engine.pending} pending`);
  return ends[0] as string;
}

function describe(response: WireResponse, method: string): string {
  // A length beside `Transfer-Encoding` promises nothing (RFC 9112, 6.3).
  const promised = response.get("transfer-encoding") === null ? response.get("content-length") : null;
  const mayHaveBody = method !== "HEAD" && response.status !== 204 && response.status !== 304;
  if (mayHaveBody && promised !== null && !promised.includes(",") && Number(promised) !== response.bodyLength) {
    throw new Error(`promised ${promised}, counted ${response.bodyLength}`);
  }
  const fields = response.entries().map(([name, value]) => `${name}=${value}`).join(";");
  return `${response.status} ${response.reason} ${fields} ${toText(response.body)}`;
}

async function main(): Promise<void> {
  const random = createRandom(Number(values.seed));
  const endMs = performance.now() + Number(values.seconds) * 1000;
  const wanted = values.cases === undefined ? undefined : Number(values.cases);
  let cases = 0;
  for (; wanted === undefined ? performance.now() < endMs : cases < wanted; cases++) {
    let wire = random.choice(SEEDS);
    for (let i = random.integer(0, 4); i > 0; i--) wire = mutate(wire, random);
    const method = random.choice(["GET", "GET", "HEAD", "POST"]);
    const one: Case = { wire, method, ending: random.choice(["finish", "break", "abort"]) };
    try {
      const [whole, split] = [await run(one, undefined), await run(one, random)];
      const isResponse = /^\d{3} /.test(whole);
      if (whole !== split && (isResponse || /^\d{3} /.test(split))) {
        throw new Error(`in one piece "${whole}", in pieces "${split}"`);
      }
      const kind = isResponse ? "a response" : whole;
      results.set(kind, (results.get(kind) ?? 0) + 1);
    } catch (problem) {
      console.error(`case ${cases} of seed ${values.seed}: ${problem}\n${JSON.stringify(one)}`);
      process.exitCode = 1;
      return;
    }
  }
  for (const [kind, count] of [...results].sort((a, b) => b[1] - a[1])) {
    console.log(`${String(count).padStart(9)}  ${kind}`);
  }
  console.log(`${cases} cases, seed ${values.seed}: all held`);
}

await main();
