/** The place where `library/`, which knows a master, puts the one for users that run by themselves. */
import type { Clock } from "../../base/clock.ts";
import { type MasterPort, provideMasterPort } from "./master_port.ts";

export interface LoneMasterOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** For the log. */
  readonly note: (line: string) => void;
}

export interface LoneMaster {
  readonly port: MasterPort;
  close(): void;
}

let openMaster: ((options: LoneMasterOptions) => LoneMaster) | undefined;

export function provideLoneMaster(open: (options: LoneMasterOptions) => LoneMaster): void {
  openMaster = open;
}

/** `feed` and `cluster` ask it until it is disposed of. */
export function startLoneMaster(options: LoneMasterOptions): Disposable {
  const master = openMaster?.(options);
  const withdraw = master === undefined ? undefined : provideMasterPort(master.port);
  return {
    [Symbol.dispose]() {
      master?.close();
      withdraw?.();
    },
  };
}
