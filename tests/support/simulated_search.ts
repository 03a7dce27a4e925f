/** A whole capacity search on a simulated system, without a clock: a second is a call. */
import { answerCapacity } from "../../src/load/capacity/capacity_answer.ts";
import { SearchMachine, type SearchOrder } from "../../src/load/capacity/search_machine.ts";
import type { CapacityProgress, CapacityReport } from "../../src/protocol/capacity_message.ts";
import { readSlo } from "../../src/stats/capacity/read_slo.ts";
import { SimulatedLedger, type SimulatedSystem } from "./simulated_system.ts";

export interface SimulatedSearch {
  readonly unit: "users" | "/s";
  readonly start: number;
  readonly slo: readonly string[];
  readonly max?: number;
  readonly stepSeconds?: number;
  /** The run time. */
  readonly seconds?: number;
  readonly doubts?: (load: number, seconds: number) => readonly string[];
}

/** The lines that it shows of what it waits for. */
export function waitsOfSearch(system: SimulatedSystem, search: SimulatedSearch): readonly string[] {
  const waits: string[] = [];
  searchSimulated(system, search, ({ waitsFor }) => {
    if (waitsFor !== undefined) waits.push(waitsFor);
  });
  return waits;
}

export function searchSimulated(
  system: SimulatedSystem,
  search: SimulatedSearch,
  show: (progress: CapacityProgress) => void = () => {},
): CapacityReport & { readonly seconds: number } {
  const { unit, start, slo, max = 10_000, stepSeconds = 10, seconds = 10_000, doubts = () => [] } = search;
  const ledger = new SimulatedLedger(system);
  const range = { unit, start, max };
  const machine = new SearchMachine({ slo: readSlo(slo), range, stepSeconds, maxUsers: 1e9 });
  let load = 0;
  const follow = (orders: readonly SearchOrder[]) => {
    for (const order of orders) if (order.kind === "load") load = order.load;
  };
  follow(machine.begin(0));
  while (machine.end === undefined && ledger.seconds < seconds) {
    const reading = ledger.second(load, unit === "users" ? "load" : "inFlight");
    follow(machine.take({ reading, isReached: true, doubts: () => doubts(load, ledger.seconds) }));
    show(machine.progress);
  }
  const { steps, end = "stopped" } = machine;
  return { ...answerCapacity({ steps, range, slo, end }), seconds: ledger.seconds };
}
