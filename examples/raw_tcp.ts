/** Any protocol can be measured: here a line protocol over TCP, one connection per user. Each call is one sample of type `TCP`.
 *  Try it with `redis-server --port 6400` and `locust-ts run examples/raw_tcp.ts -H tcp://localhost:6400 -u 10`, or any
 *  server that answers each line with a line. */
import { connect, type Socket } from "node:net";
import { between, events, task, User } from "locust-ts";

/** Sends a line, waits for a line. It knows nothing about load tests: that part is in the user below. */
class LineClient {
  readonly #socket: Socket;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #received = "";

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(Object.assign(new Error("the server hung up"), { code: "ECONNRESET" })));
  }

  static open(url: string): Promise<LineClient> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      socket.once("connect", () => resolve(new LineClient(socket)));
      socket.once("error", reject);
    });
  }

  ask(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${line}\r\n`);
    });
  }

  close(): void {
    this.#socket.end();
  }

  #take(text: string): void {
    const lines = (this.#received + text).split("\r\n");
    this.#received = lines.pop() ?? "";
    for (const line of lines) this.#waiting.shift()?.resolve(line);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

export class LineUser extends User {
  override waitTime = between(0.1, 0.5);
  #client: LineClient | undefined;

  override async onStart() {
    this.#client = await events.request.measure("TCP", "connect", () => LineClient.open(this.host));
  }

  override onStop() {
    this.#client?.close();
  }

  @task
  async ping() {
    await events.request.measure("TCP", "PING", async (meta) => {
      // Without a connection the task fails as well, and is counted: a user never goes quiet.
      this.#client ??= await LineClient.open(this.host);
      const answer = await this.#client.ask("PING");
      meta.responseLength = answer.length;
      if (answer !== "+PONG") throw new Error(`unexpected answer ${answer.slice(0, 20)}`);
    });
  }
}
