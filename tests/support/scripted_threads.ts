/** Threads that do nothing by themselves: a test reads what they were told and says their answers. */
import type { StartThread, ThreadHostReceiver } from "../../src/platform/threads/thread_host.ts";

export interface ScriptedThread<Told, Said> {
  readonly name: string;
  /** Everything that was posted to it, oldest first. */
  readonly told: Told[];
  readonly isTerminated: boolean;
  say(message: Said): void;
  die(problem: string): void;
}

export class ScriptedThreads<Told, Said> {
  /** In the order of their start; a replacement is another one. */
  readonly threads: ScriptedThread<Told, Said>[] = [];

  readonly startThread: StartThread = <Incoming, Outgoing>(
    _entry: URL,
    name: string,
    receiver: ThreadHostReceiver<Incoming>,
  ) => {
    const told: Told[] = [];
    let isTerminated = false;
    this.threads.push({
      name,
      told,
      get isTerminated() {
        return isTerminated;
      },
      say: (message) => receiver.message(message as unknown as Incoming),
      die: (problem) => receiver.failed(problem),
    });
    return {
      post: (message: Outgoing) => void told.push(message as unknown as Told),
      terminate: () => {
        isTerminated = true;
      },
    };
  };

  at(index: number): ScriptedThread<Told, Said> {
    const thread = this.threads[index];
    if (thread === undefined) throw new Error(`no thread ${index} was started`);
    return thread;
  }
}

/** The messages of one kind among those told. */
export function ofKind<Message extends { readonly kind: string }, Kind extends Message["kind"]>(
  told: readonly Message[],
  kind: Kind,
): Extract<Message, { kind: Kind }>[] {
  return told.filter((message): message is Extract<Message, { kind: Kind }> => message.kind === kind);
}
