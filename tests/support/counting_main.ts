/** A counting system under test as a process of its own, for another network namespace: answers each line of stdin with its count. */
import process from "node:process";
import { createInterface } from "node:readline";
import { startCountingServer } from "./counting_server.ts";

const system = await startCountingServer({ latencyMs: 5, port: Number(process.argv[2]) });
console.log("listening");
createInterface({ input: process.stdin }).on("line", () => console.log(system.total())).on(
  "close",
  () => process.exit(),
);
