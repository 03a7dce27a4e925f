import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type FlowEdge, maximizeFlow } from "../../src/load/max_flow.ts";

const NODES = 6;
const SOURCE = 0;
const SINK = 1;
const node = fc.nat(NODES - 1);
const network = fc.array(
  fc.record({ from: node, to: node, capacity: fc.nat(9) }).filter(({ from, to }) => from !== to),
  { maxLength: 14 },
);

/** The smallest capacity of a cut: over every set of nodes that holds the source and not the sink. */
function smallestCut(
  edges: readonly { readonly from: number; readonly to: number; readonly capacity: number }[],
): number {
  let smallest = Infinity;
  for (let set = 0; set < 2 ** NODES; set++) {
    const holds = (n: number) => (set >> n) % 2 === 1;
    if (!holds(SOURCE) || holds(SINK)) continue;
    const cut = edges.filter(({ from, to }) => holds(from) && !holds(to));
    smallest = Math.min(smallest, cut.reduce((sum, { capacity }) => sum + capacity, 0));
  }
  return smallest;
}

function outflowOf(edges: readonly FlowEdge[], n: number): number {
  return edges.reduce((sum, { from, to, flow }) => sum + (from === n ? flow : 0) - (to === n ? flow : 0), 0);
}

test("maximizeFlow() reaches the capacity of the smallest cut, and keeps to every capacity", () => {
  fc.assert(fc.property(network, (list) => {
    const edges = list.map((edge): FlowEdge => ({ ...edge, flow: 0 }));
    maximizeFlow(NODES, edges, SOURCE, SINK);
    for (const { flow, capacity } of edges) assert.ok(flow >= 0 && flow <= capacity);
    for (let n = 2; n < NODES; n++) assert.equal(outflowOf(edges, n), 0, "what comes in goes out");
    assert.equal(outflowOf(edges, SOURCE), smallestCut(list));
  }));
});

test("maximizeFlow() starts from the flow that is there and sends back what was sent the wrong way", () => {
  // 0 → 2 → 3 → 1 is taken and blocks both 0 → 3 → 1 and 0 → 2 → 4 → 1.
  const edge = (from: number, to: number, flow: number): FlowEdge => ({ from, to, capacity: 1, flow });
  const wrong = edge(2, 3, 1);
  const edges = [edge(0, 2, 1), wrong, edge(3, 1, 1), edge(0, 3, 0), edge(2, 4, 0), edge(4, 1, 0)];
  maximizeFlow(5, edges, SOURCE, SINK);
  assert.equal(outflowOf(edges, SOURCE), 2);
  assert.equal(wrong.flow, 0);
});
