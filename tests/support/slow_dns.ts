/**
 * A name server that answers each question for an IPv4 address with 127.0.0.1, and each other one with nothing, after a delay:
 * `bun slow_dns.ts PORT DELAY_MS`. Prints a line when it is ready.
 */
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import process from "node:process";

const [port = "53", delayMs = "300"] = process.argv.slice(2);
const QUESTION_AT = 12;
const TYPE_A = 1;

const socket = createSocket("udp4");
socket.on("message", (question, sender) => {
  setTimeout(() => socket.send(answer(question), sender.port, sender.address), Number(delayMs));
});
socket.bind(Number(port), "127.0.0.1", () => console.log("ready"));

function answer(question: Uint8Array): Uint8Array {
  let end = QUESTION_AT;
  while (question[end] !== 0 && end < question.length) end += (question[end] ?? 0) + 1;
  end += 5; // the root label, type, class
  const isA = question[end - 3] === TYPE_A;
  const reply = Buffer.from(question.subarray(0, end));
  reply.writeUInt16BE(0x8180, 2); // an answer, recursion available
  reply.writeUInt16BE(isA ? 1 : 0, 6);
  reply.writeUInt32BE(0, 8); // no authority, no additional records
  if (!isA) return reply;
  const record = Buffer.from([0xc0, QUESTION_AT, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([reply, record]);
}
