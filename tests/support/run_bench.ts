/** A `Run` on a fake clock with a real roster and ledger. Workers are played by the test: it reads what was sent and says answers. */
import { Deliveries } from "../../src/master/workers/deliveries.ts";
import type { LeaseProgress } from "../../src/master/questions/leases.ts";
import { Roster } from "../../src/master/workers/roster.ts";
import { Run } from "../../src/master/run.ts";
import { RunClock } from "../../src/master/run_clock.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import type { RunSettings } from "../../src/master/run_settings.ts";
import type { ShapeTick } from "../../src/protocol/control_message.ts";
import { type DeltaMessage, EMPTY_DELTA } from "../../src/protocol/delta_message.ts";
import type { ToWorker, UsersByClass } from "../../src/protocol/worker_message.ts";
import { Ledger } from "../../src/stats/ledger/ledger.ts";
import { deltaOf } from "./deltas.ts";
import { FakeClock } from "./fake_clock.ts";
import { PLAN } from "./pool_fixture.ts";

export interface Sent {
  readonly to: string;
  readonly message: ToWorker;
}

export class RunBench {
  readonly clock = new FakeClock();
  readonly roster = new Roster({ clock: this.clock });
  readonly events: RunEvent[] = [];
  readonly sent: Sent[] = [];
  readonly run: Run;
  /** Answers of the shape by second; null ends the run. */
  shape: (runTimeSeconds: number) => ShapeTick | null = () => null;
  leases: readonly LeaseProgress[] = [];
  readonly #seq = new Map<string, number>();

  constructor(settings: Partial<RunSettings> = {}) {
    const runClock = new RunClock(this.clock);
    this.run = new Run({
      plan: PLAN,
      classes: [{ name: "Shopper", weight: 1, fixedCount: 0 }],
      load: { kind: "users", users: 4, spawnRate: 100 },
      locustfile: "shop.ts",
      version: "test",
      ...settings,
    }, {
      clock: this.clock,
      runClock,
      ledger: new Ledger({ clock: runClock }),
      deliveries: new Deliveries(PLAN.runId),
      roster: this.roster,
      events: (event) => void this.events.push(event),
      concludeThresholds: () => undefined,
      send: (to, message) => void this.sent.push({ to, message }),
      askShape: ({ runTimeSeconds }) => Promise.resolve(this.shape(runTimeSeconds)),
      leases: () => this.leases,
      counted: () => {},
      acknowledge: () => {},
    });
  }

  /** A worker joins. */
  join(id: string): void {
    this.roster.greet({ protocol: [1, 2], version: "test", workerId: id, host: "h", threads: 1 });
    this.roster.declare(id, { kind: "ready", locustfileHash: "h", userClasses: ["Shopper"] });
    this.run.takeReady(id, undefined);
  }

  /** The run begins with these workers. */
  open(...ids: readonly string[]): void {
    for (const id of ids) this.join(id);
    this.run.planWorkers();
    this.applyAll();
    this.run.begin();
  }

  /** The same, and its users have started. */
  async begin(...ids: readonly string[]): Promise<void> {
    this.open(...ids);
    await this.clock.advance(100);
    this.applyAll();
  }

  /** Every worker carries out its latest assignment. */
  applyAll(): void {
    for (const { id } of this.roster.list()) {
      const latest = this.assignments(id).at(-1);
      if (latest !== undefined) this.run.hear(id, { kind: "applied", runId: this.run.id, ...latest });
    }
  }

  /** A worker delivers so many requests. */
  deliver(id: string, requests: number, resets = 0): void {
    const seq = (this.#seq.get(id) ?? 0) + 1;
    this.#seq.set(id, seq);
    const one = { method: "GET", name: "/", ms: 5, bytes: 10, failure: undefined, intervalMs: 0 };
    const delta = { ...deltaOf(Array.from({ length: requests }, () => one)), ...(resets === 0 ? {} : { resets }) };
    this.run.hear(id, { kind: "stats", runId: this.run.id, seq, spanMs: 1000, delta });
  }

  /** The same with what it counted beside requests. */
  deliverDelta(id: string, counts: Partial<DeltaMessage>): void {
    const seq = (this.#seq.get(id) ?? 0) + 1;
    this.#seq.set(id, seq);
    this.run.hear(id, { kind: "stats", runId: this.run.id, seq, spanMs: 1000, delta: { ...EMPTY_DELTA, ...counts } });
  }

  /** A worker has ended its users and delivered everything. */
  end(id: string): void {
    this.run.hear(id, { kind: "stopped", runId: this.run.id, lastSeq: this.#seq.get(id) ?? 0, abandoned: 0 });
  }

  assignments(id: string): { readonly epoch: number; readonly users: UsersByClass }[] {
    return this.sent.flatMap(({ to, message }) =>
      to === id && message.kind === "assign" ? [{ epoch: message.epoch, users: message.users }] : []
    );
  }

  kinds(id: string): string[] {
    return this.sent.filter(({ to }) => to === id).map(({ message }) => message.kind);
  }

  eventsOf<Kind extends RunEvent["kind"]>(kind: Kind): Extract<RunEvent, { kind: Kind }>[] {
    return this.events.filter((event): event is Extract<RunEvent, { kind: Kind }> => event.kind === kind);
  }
}
