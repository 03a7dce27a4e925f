/**
 * The largest flow through a small network of whole-number capacities, starting from a flow that is there already:
 * shortest augmenting paths (Edmonds and Karp). Pure but for the network it is given.
 */

export interface FlowEdge {
  readonly from: number;
  readonly to: number;
  readonly capacity: number;
  /** From 0 to `capacity`. */
  flow: number;
}

/** Raises the flow from node `source` to node `sink` as far as it goes, changing `flow` of the edges. */
export function maximizeFlow(nodeCount: number, edges: readonly FlowEdge[], source: number, sink: number): void {
  const touching: FlowEdge[][] = Array.from({ length: nodeCount }, () => []);
  for (const edge of edges) {
    touching[edge.from]?.push(edge);
    touching[edge.to]?.push(edge);
  }
  for (let path = findPath(touching, source, sink); path !== undefined; path = findPath(touching, source, sink)) {
    let room = Infinity;
    for (const { edge, node } of path) room = Math.min(room, roomInto(edge, node));
    for (const { edge, node } of path) edge.flow += edge.to === node ? room : -room;
  }
}

/** How much more can go along the edge into `node`: capacity left, or flow to be sent back. */
function roomInto(edge: FlowEdge, node: number): number {
  return edge.to === node ? edge.capacity - edge.flow : edge.flow;
}

interface Step {
  readonly edge: FlowEdge;
  readonly node: number; // where the step leads
}

/** Breadth first; undefined when the sink cannot be reached. */
function findPath(touching: readonly FlowEdge[][], source: number, sink: number): Step[] | undefined {
  const reachedBy = new Map<number, Step>();
  const queue = [source];
  for (const node of queue) {
    for (const edge of touching[node] ?? []) {
      const next = edge.from === node ? edge.to : edge.from;
      if (next === source || reachedBy.has(next) || roomInto(edge, next) <= 0) continue;
      reachedBy.set(next, { edge, node: next });
      if (next === sink) return walkBack(reachedBy, source, sink);
      queue.push(next);
    }
  }
  return undefined;
}

function walkBack(reachedBy: ReadonlyMap<number, Step>, source: number, sink: number): Step[] {
  const path: Step[] = [];
  for (let node = sink; node !== source;) {
    const step = reachedBy.get(node) as Step;
    path.push(step);
    node = step.edge.from === node ? step.edge.to : step.edge.from;
  }
  return path;
}
