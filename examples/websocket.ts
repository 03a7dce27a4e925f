/** A chat over the runtime's own `WebSocket`: opening it and each message with its answer are samples of type `WS`.
 *  Against the demo system, which sends each message back: `locust-ts run examples/websocket.ts -H ws://localhost:8000/chat -u 10`. */
import { between, events, task, User } from "locust-ts";

export class ChatUser extends User {
  override waitTime = between(0.5, 1);
  #socket: WebSocket | undefined;

  override async onStart() {
    await this.#connect();
  }

  override onStop() {
    this.#socket?.close();
  }

  @task
  async say() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return await this.#connect(); // the server may have dropped us
    const socket = this.#socket;
    await events.request.measure("WS", "message", async (meta) => {
      const text = `hello ${this.random.string(8)}`;
      const answered = nextEvent(socket, "message", this.signal);
      socket.send(text);
      const { data } = await answered as MessageEvent<string>;
      meta.responseLength = data.length;
      if (data !== text) throw new Error("the answer belongs to somebody else");
    });
  }

  async #connect() {
    await events.request.measure("WS", "connect", async () => {
      this.#socket = undefined;
      const socket = new WebSocket(this.host);
      await nextEvent(socket, "open", this.signal);
      this.#socket = socket;
    });
  }
}

/** The next event of that name; rejects when the socket closes, fails, or the user must stop. */
function nextEvent(socket: WebSocket, name: "open" | "message", signal: AbortSignal): Promise<Event> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const finish = (settle: () => void) => {
      done.abort();
      settle();
    };
    const once = { signal: done.signal, once: true };
    socket.addEventListener(name, (event) => finish(() => resolve(event)), once);
    for (const end of ["close", "error"]) {
      socket.addEventListener(end, () => finish(() => reject(new Error(`WebSocket ${end} before ${name}`))), once);
    }
    signal.addEventListener("abort", () => finish(() => reject(signal.reason)), once);
  });
}
