import { graphlib, layout } from '@dagrejs/dagre';
import { packDense } from './dense';
import { Inside, InnerPort, labelBox, laneOf, layInside, nodeWidth, Side } from './inside';
import { Box, moved, NODE_HEIGHT, Point, shortened } from './metrics';
import type { Picture, PictureFlow, PictureGroup, PictureNode } from './model';

/**
 * Gives everything of a picture its place, from left to right as packets go: first the inside of each group, then the groups among themselves.
 *
 * Laws: the same picture gets the same places; groups do not overlap; a line leaves and enters a group on the side that its flow goes to.
 */
export interface Laid<T> {
  readonly item: T;
  readonly box: Box;
}

export interface LaidFlow {
  readonly item: PictureFlow;
  readonly points: readonly Point[];
  /** Where the ports are written, and what; nothing where there is no room. */
  readonly label: Point;
  readonly text: string;
  /** The points are the two ends of one curve with its handles between, not stations on the way. @default false */
  readonly direct?: boolean;
}

export interface LaidPicture {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly Laid<PictureGroup>[];
  readonly nodes: readonly Laid<PictureNode>[];
  readonly flows: readonly LaidFlow[];
}

const MARGIN = 28;
const GAP = 28;
/** With more flows than this there is no room for their ports, nor for lanes. */
const FOLLOWED = 60;

/** Right of all groups with flows between them, and left of the world outside. */
const MIDDLE = 1e9;

interface Route {
  readonly flow: PictureFlow;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export function layOut({ groups, nodes, flows, workloads }: Picture): LaidPicture {
  const groupOf = new Map(nodes.map(({ id, group }) => [id, group]));
  const routes = flows.map((flow, i): Route => {
    const [from, to] = [groupOf.get(flow.src)!, groupOf.get(flow.dst)!];
    return { flow, id: `f${i}`, from, to, text: shortened(flow.conn) };
  });
  const sketch = outer(groups, new Map(), routes);
  const rankOf = ({ id, kind }: PictureGroup) => outermost(id, kind) ?? sketch.node(id) ?? { x: MIDDLE, y: 0 };
  if (flows.length > FOLLOWED) return packDense({ groups, nodes, flows, workloads }, rankOf);
  const backward = ({ from, to }: Route) => from !== to && sketch.node(from).x > sketch.node(to).x;
  const sides = (route: Route): { out: Side; into: Side } => (backward(route) ? { out: 'left', into: 'right' } : { out: 'right', into: 'left' });
  const insides = new Map(groups.map(group => [group.id, insideOf(group, nodes.filter(({ group: id }) => id === group.id), routes, sides)]));
  const graph = outer(groups, insides, routes);
  const corners = placeGroups(groups, insides, routes, graph);
  return trimmed({
    groups: groups.map(item => ({ item, box: { ...corners.get(item.id)!, width: insides.get(item.id)!.width, height: insides.get(item.id)!.height } })),
    nodes: nodes.map(item => {
      const corner = moved(insides.get(item.group)!.nodes.get(item.id)!, corners.get(item.group)!);
      return { item, box: { ...corner, width: nodeWidth(item), height: NODE_HEIGHT } };
    }),
    flows: routes.map(route => ({ item: route.flow, text: route.text, ...wayOf(route, sides(route), insides, corners, graph) })),
  });
}

/** The world outside stands at the two ends, whatever flows say. */
function outermost(id: string, kind: PictureGroup['kind']): Point | undefined {
  return kind !== 'internet' && kind !== 'external' ? undefined : { x: id.endsWith(' in') ? -MIDDLE : 2 * MIDDLE, y: kind === 'internet' ? 0 : 1 };
}

function insideOf(group: PictureGroup, nodes: readonly PictureNode[], routes: readonly Route[],
  sides: (route: Route) => { out: Side; into: Side }): Inside {
  const within = routes.filter(({ from, to }) => from === group.id && to === group.id);
  const ports = new Map<string, InnerPort>();
  for (const route of routes) {
    if (route.from === route.to) continue;
    const port = route.from === group.id ? { node: route.flow.src, side: sides(route).out }
      : route.to === group.id ? { node: route.flow.dst, side: sides(route).into } : undefined;
    if (port) ports.set(laneOf(port), port);
  }
  return layInside(group, nodes, within.map(({ id, flow: { src, dst }, text }) => ({ id, src, dst, label: text })), [...ports.values()]);
}

/** The groups and the corridors between them. */
function outer(groups: readonly PictureGroup[], insides: ReadonlyMap<string, Inside>, routes: readonly Route[]): graphlib.Graph {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: GAP, ranksep: 30, edgesep: 16 });
  const busy = busyGroups(routes);
  for (const { id } of groups) if (busy.has(id)) graph.setNode(id, { width: insides.get(id)?.width ?? 1, height: insides.get(id)?.height ?? 1 });
  for (const { id, from, to, text } of routes) {
    if (from !== to) graph.setEdge(from, to, { ...labelBox(text), labelpos: 'c', weight: 1 }, id);
  }
  layout(graph);
  return graph;
}

function busyGroups(routes: readonly Route[]): Set<string> {
  return new Set(routes.flatMap(({ from, to }) => (from === to ? [] : [from, to])));
}

/** Where the layout puts groups with flows between them; below stand, in rows, those that have none. */
function placeGroups(groups: readonly PictureGroup[], insides: ReadonlyMap<string, Inside>, routes: readonly Route[],
  graph: graphlib.Graph): Map<string, Point> {
  const busy = busyGroups(routes);
  const corners = new Map<string, Point>();
  const placed = groups.filter(({ id }) => busy.has(id));
  for (const { id } of placed) {
    const { x, y, width, height } = graph.node(id);
    corners.set(id, { x: x - width / 2, y: y - height / 2 });
  }
  const ends = placed.map(({ id }) => ({ right: corners.get(id)!.x + insides.get(id)!.width, bottom: corners.get(id)!.y + insides.get(id)!.height }));
  const idle = groups.filter(({ id }) => !busy.has(id));
  const area = idle.reduce((sum, { id }) => sum + (insides.get(id)!.width + GAP) * (insides.get(id)!.height + GAP), 0);
  const wide = Math.max(...ends.map(({ right }) => right), Math.sqrt(area * 1.8), 0);
  const start = placed.length > 0 ? Math.min(...[...corners.values()].map(({ x }) => x)) : 0;
  let [x, y, row] = [start, placed.length > 0 ? Math.max(...ends.map(({ bottom }) => bottom)) + GAP : 0, 0];
  for (const { id } of idle) {
    const { width, height } = insides.get(id)!;
    if (x > start && x + width > wide) [x, y, row] = [start, y + row + GAP, 0];
    corners.set(id, { x, y });
    [x, row] = [x + width + GAP, Math.max(row, height)];
  }
  return corners;
}

function wayOf(route: Route, sides: { out: Side; into: Side }, insides: ReadonlyMap<string, Inside>, corners: ReadonlyMap<string, Point>,
  graph: graphlib.Graph): { points: Point[]; label: Point } {
  const { flow: { src, dst }, id, from, to } = route;
  if (from === to) {
    const { points, label } = insides.get(from)!.edges.get(id)!;
    return { points: points.map(point => moved(point, corners.get(from)!)), label: moved(label, corners.get(from)!) };
  }
  const out = insides.get(from)!.lanes.get(laneOf({ node: src, side: sides.out }))!.map(point => moved(point, corners.get(from)!));
  const into = insides.get(to)!.lanes.get(laneOf({ node: dst, side: sides.into }))!.map(point => moved(point, corners.get(to)!));
  const { points, x, y } = graph.edge(from, to, id) as any;
  const corridor: Point[] = points.slice(1, -1);
  const way = [...out, ...corridor, ...into.reverse()];
  return { points: way, label: x === undefined ? corridor[0] ?? out[out.length - 1] : { x, y } };
}

/** Moves everything to the upper left corner of a drawing that is just large enough. */
function trimmed({ groups, nodes, flows }: Omit<LaidPicture, 'width' | 'height'>): LaidPicture {
  const points = [...groups.flatMap(({ box: { x, y, width, height } }) => [{ x, y }, { x: x + width, y: y + height }]), ...flows.flatMap(flow => flow.points)];
  const ends = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    ends.left = Math.min(ends.left, x);
    ends.top = Math.min(ends.top, y);
    ends.right = Math.max(ends.right, x);
    ends.bottom = Math.max(ends.bottom, y);
  }
  if (points.length === 0) return { width: 2 * MARGIN, height: 2 * MARGIN, groups, nodes, flows };
  const by = { x: MARGIN - ends.left, y: MARGIN - ends.top };
  const place = <T>({ item, box }: Laid<T>): Laid<T> => ({ item, box: { ...box, ...moved(box, by) } });
  return {
    width: Math.ceil(ends.right - ends.left + 2 * MARGIN),
    height: Math.ceil(ends.bottom - ends.top + 2 * MARGIN),
    groups: groups.map(place),
    nodes: nodes.map(place),
    flows: flows.map(flow => ({ ...flow, points: flow.points.map(point => moved(point, by)), label: moved(flow.label, by) })),
  };
}
