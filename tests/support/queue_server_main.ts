/** A queue server as a process: `queue_server_main.ts SERVERS MEAN_MS SEED` prints its URL and serves until it is ended. */
import process from "node:process";
import { startQueueServer } from "./queue_server.ts";

const [servers = 1, meanServiceMs = 10, seed = 1] = process.argv.slice(2).map(Number);
const { url } = await startQueueServer({ servers, meanServiceMs }, seed);
console.log(url);
