/**
 * One user of our own, with one request to a socket that answers by itself, while the thread waits for its run. What
 * runs for the first time takes several times as long as later: that time would lie between the start of the first user
 * and its request, and a part of it in the response time of that. Leaves nothing behind: it counts nowhere, connects to
 * nothing, and runs no code of a locustfile.
 */
import { StopUser } from "../http/session/control_flow.ts";
import { FastHttpSession } from "../http/session/fast_http_session.ts";
import type { ConnectSocket, Socket } from "../platform/sockets/socket.ts";
import { Environment } from "../user/environment.ts";
import { Events } from "../user/events/events.ts";
import { createDetachedContext } from "../user/lifecycle/run_context.ts";
import { startUser } from "../user/running/start_user.ts";
import { CLOSE, LIFECYCLE } from "../user/lifecycle/user_lifecycle.ts";
import { User } from "../user/user.ts";

const ANSWER = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok");

const connectToAnswer: ConnectSocket = (_address, receiver) => {
  const socket: Socket = {
    connectMs: 0,
    tlsMs: -1,
    reusesMemory: false,
    write: () => {
      queueMicrotask(() => receiver.data(ANSWER));
      return true;
    },
    end: () => {},
    destroy: () => {},
    pause: () => {},
    resume: () => {},
  };
  return Promise.resolve(socket);
};

class Rehearsing extends User {
  static override abstract = false;
  static override tasks = [async function visit(user: User): Promise<void> {
    const rehearsing = user as Rehearsing;
    rehearsing.status = (await rehearsing.client.get("/")).status;
    throw new StopUser();
  }];
  status = 0;
  readonly client = new FastHttpSession(
    { baseUrl: "http://127.0.0.1", connectSocket: connectToAnswer },
    this[LIFECYCLE].requests,
  );

  [CLOSE](): void {
    this.client.close();
  }
}

/** Resolves when the user has ended, to the status that it got. */
export async function rehearse(): Promise<number> {
  const environment = new Environment({ userClasses: [Rehearsing], events: new Events() });
  const runContext = createDetachedContext(environment);
  const running = startUser({ userClass: Rehearsing, index: 0, runContext: { ...runContext, environment } });
  await running.ended;
  return (running.user as Rehearsing).status;
}
