/** The entry of a Web Worker that does what a message says: for tests of threads. */
import { captureConsole } from "../../src/platform/threads/console_capture.ts";
import { forbidExit } from "../../src/platform/threads/forbid_exit.ts";
import { openThreadPort } from "../../src/platform/threads/threads.ts";
import { watchUncaught } from "../../src/platform/threads/uncaught.ts";
import process from "node:process";

export interface EchoOrder {
  readonly do: "echo" | "reject" | "throwLater" | "print" | "exit" | "loop";
  readonly data?: unknown;
}

const port = openThreadPort<EchoOrder, unknown>();
captureConsole((level, text) => port.post({ printed: text, level }));
watchUncaught((error, kind) => {
  port.post({ uncaught: String(error), kind });
});

port.listen((order) => {
  switch (order.do) {
    case "echo":
      return port.post(order.data);
    case "reject":
      void Promise.reject(new Error("not awaited"));
      return;
    case "throwLater":
      setTimeout(() => {
        throw new Error("thrown in a timer");
      }, 0);
      return;
    case "print":
      return console.log("a %s and", "text", { b: 1 });
    case "exit":
      forbidExit();
      try {
        process.exit(3);
      } catch (error) {
        port.post({ thrown: String(error) });
      }
      return;
    case "loop":
      for (;;);
  }
});
port.post("ready");
