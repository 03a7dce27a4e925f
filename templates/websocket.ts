// Load on a WebSocket: each user keeps one connection, sends a message and waits for its answer. Anything that can be awaited is
// measured in the same way: events.request.measure(TYPE, NAME, FUNCTION) is one row of the statistics.
// The demo system sends each message back:  locust-ts demo
import { between, events, task, User } from "locust-ts";

export class ChatUser extends User {
  override waitTime = between(0.5, 1);
  #chat: Chat | undefined;

  override async onStart() {
    await this.#connect();
  }

  override onStop() {
    this.#chat?.close();
  }

  @task
  async say() {
    // The server may have closed the connection: connect again, as a real client does.
    const chat = this.#chat?.isOpen ? this.#chat : await this.#connect();
    if (chat === undefined) return;
    const text = `hello ${this.random.string(8)}`;
    await events.request.measure("WS", "message", async (meta) => {
      const answer = await chat.ask(text, this.signal);
      meta.responseLength = answer.length;
      if (answer !== text) throw new Error("another answer than expected"); // counted as a failure
    });
  }

  /** Undefined when it failed. measure() has counted that as a failure; it does not throw. */
  async #connect(): Promise<Chat | undefined> {
    const url = `${this.host.replace(/^http/, "ws").replace(/\/$/, "")}/chat`; // http: becomes ws:, https: becomes wss:
    this.#chat = await events.request.measure("WS", "connect", () => Chat.open(url, this.signal));
    return this.#chat;
  }
}

/** A connection on which each message has one answer. */
class Chat {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async open(url: string, signal: AbortSignal): Promise<Chat> {
    const socket = new WebSocket(url);
    await nextEvent(socket, "open", signal);
    return new Chat(socket);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  async ask(text: string, signal: AbortSignal): Promise<string> {
    const answered = nextEvent(this.#socket, "message", signal); // listen first: the answer may come at once
    this.#socket.send(text);
    return String((await answered as MessageEvent).data);
  }

  close(): void {
    this.#socket.close();
  }
}

/** The next event of that name. Rejects when the connection ends or fails before, or when the user must stop. */
function nextEvent(socket: WebSocket, name: "open" | "message", signal: AbortSignal): Promise<Event> {
  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const settle = (how: () => void) => () => {
      listening.abort(); // takes all listeners away
      how();
    };
    const options = { signal: listening.signal };
    socket.addEventListener(name, (event) => settle(() => resolve(event))(), options);
    socket.addEventListener("error", settle(() => reject(new Error("the connection failed"))), options);
    socket.addEventListener("close", settle(() => reject(new Error("the connection was closed"))), options);
    signal.addEventListener("abort", settle(() => reject(signal.reason)), options);
  });
}
