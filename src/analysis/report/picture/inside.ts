import { graphlib, layout } from '@dagrejs/dagre';
import { HEADER, moved, NODE_HEIGHT, NOTE, PAD, Point, textWidth } from './metrics';
import type { PictureGroup, PictureNode } from './model';

/**
 * The inside of one group: its nodes from left to right, and a lane for every flow that comes in or goes out, so that no line
 * crosses a node. All places are relative to the group's upper left corner.
 */
export interface Inside {
  readonly width: number;
  readonly height: number;
  /** The upper left corners of the nodes. */
  readonly nodes: ReadonlyMap<string, Point>;
  /** The way of each edge within, from its source to its destination. */
  readonly edges: ReadonlyMap<string, { readonly points: readonly Point[]; readonly label: Point }>;
  /** The way from a node to the border of the group, by node and side. */
  readonly lanes: ReadonlyMap<string, readonly Point[]>;
}

export interface InnerEdge {
  readonly id: string;
  readonly src: string;
  readonly dst: string;
  readonly label: string;
}

export type Side = 'left' | 'right';

export interface InnerPort {
  readonly node: string;
  readonly side: Side;
}

export function laneOf({ node, side }: InnerPort): string {
  return `${node} ${side}`;
}

export function nodeWidth({ title, subtitle }: PictureNode): number {
  return Math.max(100, Math.max(textWidth(title, 13), textWidth(subtitle, 11)) + 48);
}

export function layInside(group: PictureGroup, nodes: readonly PictureNode[], edges: readonly InnerEdge[], ports: readonly InnerPort[]): Inside {
  const busy = new Set([...edges.flatMap(({ src, dst }) => [src, dst]), ...ports.map(({ node }) => node)]);
  const [placed, idle] = [nodes.filter(({ id }) => busy.has(id)), nodes.filter(({ id }) => !busy.has(id))];
  const first = graphOf(placed, edges, [], new Map());
  layout(first);
  const columns = [...new Set(placed.map(({ id }) => Math.round(first.node(id).x)))].sort((a, b) => a - b);
  const columnOf = new Map(placed.map(({ id }) => [id, columns.indexOf(Math.round(first.node(id).x))]));
  const graph = graphOf(placed, edges, ports, columnOf);
  layout(graph);
  return assemble(group, placed, idle, edges, ports, graph);
}

/** A port is a point that stands left or right of all nodes: its edge spans all columns in between. */
function graphOf(nodes: readonly PictureNode[], edges: readonly InnerEdge[], ports: readonly InnerPort[],
  columnOf: ReadonlyMap<string, number>): graphlib.Graph {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 32, edgesep: 14 });
  for (const node of nodes) graph.setNode(node.id, { width: nodeWidth(node), height: NODE_HEIGHT });
  for (const { id, src, dst, label } of edges) graph.setEdge(src, dst, { ...labelBox(label), labelpos: 'c' }, id);
  const last = Math.max(0, ...columnOf.values());
  for (const port of ports) {
    const key = laneOf(port);
    const column = columnOf.get(port.node)!;
    graph.setNode(key, { width: 0, height: 0 });
    if (port.side === 'left') graph.setEdge(key, port.node, { minlen: column + 1, weight: 2 }, key);
    else graph.setEdge(port.node, key, { minlen: last - column + 1, weight: 2 }, key);
  }
  return graph;
}

export function labelBox(label: string): { width: number; height: number } {
  return label === '' ? { width: 0, height: 0 } : { width: textWidth(label, 11) + 24, height: 20 };
}

function assemble({ title, tenant = '', dns, kind }: PictureGroup, placed: readonly PictureNode[], idle: readonly PictureNode[],
  edges: readonly InnerEdge[], ports: readonly InnerPort[], graph: graphlib.Graph): Inside {
  const boxes = placed.map(({ id }) => graph.node(id));
  const ways = [...edges.map(({ src, dst, id }) => graph.edge(src, dst, id)), ...ports.map(port => edgeOf(graph, port))];
  const inner = edges.flatMap(({ src, dst, id }) => graph.edge(src, dst, id).points);
  const xs = [...boxes.flatMap(({ x, width }) => [x - width / 2, x + width / 2]), ...inner.map(({ x }) => x)];
  const ys = [...boxes.flatMap(({ y, height }) => [y - height / 2, y + height / 2]), ...ways.flatMap(({ points }) => points.map(({ y }) => y))];
  const [left, top] = [Math.min(0, ...xs.length > 0 ? [Math.min(...xs)] : []), ys.length > 0 ? Math.min(...ys) : 0];
  const used = { width: xs.length > 0 ? Math.max(...xs) - left : 0, height: ys.length > 0 ? Math.max(...ys) - top : 0 };
  const by = { x: PAD - left, y: HEADER - top };
  const grid = gridOf(idle, used.width);
  const written = Math.max(textWidth(title, 13) + textWidth(tenant, 11) + (kind === 'edge' ? 40 : 0) + 60, textWidth(dns ?? '', 11) + 2 * PAD);
  const width = Math.max(used.width + 2 * PAD, grid.width + 2 * PAD, written);
  const below = used.height > 0 && idle.length > 0 ? used.height + 14 : used.height;
  return {
    width,
    height: HEADER + below + grid.height + PAD + (dns ? NOTE : 0),
    nodes: new Map([
      ...placed.map(({ id }): [string, Point] => {
        const box = graph.node(id);
        return [id, moved({ x: box.x - box.width / 2, y: box.y - box.height / 2 }, by)];
      }),
      ...idle.map(({ id }, i): [string, Point] => [id, moved(grid.places[i], { x: PAD, y: HEADER + below })]),
    ]),
    edges: new Map(edges.map(({ id, src, dst }) => {
      const { points, x, y } = graph.edge(src, dst, id) as any;
      const middle = x === undefined ? points[Math.floor(points.length / 2)] : { x, y };
      return [id, { points: points.map((point: Point) => moved(point, by)), label: moved(middle, by) }];
    })),
    lanes: new Map(ports.map(port => [laneOf(port), laneWay(edgeOf(graph, port).points.map(point => moved(point, by)), port.side, width)])),
  };
}

function edgeOf(graph: graphlib.Graph, port: InnerPort): { points: Point[] } {
  const key = laneOf(port);
  return port.side === 'left' ? graph.edge(key, port.node, key) : graph.edge(port.node, key, key);
}

/** From the node to the border, and exactly onto it. */
function laneWay(points: readonly Point[], side: Side, width: number): Point[] {
  const outward = side === 'left' ? [...points].reverse() : [...points];
  const within = outward.slice(0, -1).filter(({ x }) => x > 0 && x < width);
  return [...within, { x: side === 'left' ? 0 : width, y: outward[outward.length - 1].y }];
}

/** Nodes without flows stand in rows, about as wide as what is above them. */
function gridOf(nodes: readonly PictureNode[], width: number): { places: Point[]; width: number; height: number } {
  if (nodes.length === 0) return { places: [], width: 0, height: 0 };
  const cell = Math.max(...nodes.map(nodeWidth)) + 14;
  const columns = Math.max(1, Math.floor((width + 14) / cell), Math.ceil(Math.sqrt(nodes.length / 2)));
  const rows = Math.ceil(nodes.length / columns);
  const places = nodes.map((_, i) => ({ x: (i % columns) * cell, y: Math.floor(i / columns) * (NODE_HEIGHT + 14) }));
  return { places, width: Math.min(columns, nodes.length) * cell - 14, height: rows * (NODE_HEIGHT + 14) - 14 };
}
