import { nodeWidth } from './inside';
import type { Laid, LaidFlow, LaidPicture } from './layout';
import { Box, HEADER, NODE_HEIGHT, NOTE, PAD, Point, round, textWidth } from './metrics';
import type { Picture, PictureGroup, PictureNode } from './model';

/**
 * A picture with more flows than can be followed by eye: groups packed close, their nodes in rows by name, lines behind them as direct
 * as they can be. One finds a workload by its name and sees its flows by pointing at it.
 *
 * Laws: groups keep the order in which packets pass them, column after column; the drawing is about as wide as a screen is to its height.
 */
export function packDense({ groups, nodes, flows }: Picture, rankOf: (group: PictureGroup) => Point): LaidPicture {
  const cards = groups.map(group => cardOf(group, nodes.filter(node => node.group === group.id)));
  cards.sort((a, b) => compare(rankOf(a.group), rankOf(b.group)));
  const laidGroups: Laid<PictureGroup>[] = [];
  const laidNodes = new Map<string, Laid<PictureNode>>();
  const columns = columnsOf(cards);
  const tallest = Math.max(0, ...columns.map(heightOf));
  let x = MARGIN;
  for (const column of columns) {
    const width = Math.max(...column.map(card => card.width));
    const spare = (tallest - heightOf(column)) / (column.length + 1);
    let y = MARGIN + spare;
    for (const { group, nodes: places, width: own, height } of column) {
      const corner = { x: round(x + (width - own) / 2), y: round(y) };
      laidGroups.push({ item: group, box: { ...corner, width: own, height } });
      for (const { item, box } of places) laidNodes.set(item.id, { item, box: { ...box, x: corner.x + box.x, y: corner.y + box.y } });
      y += height + ROW_GAP + spare;
    }
    x += width + COLUMN_GAP;
  }
  const laidFlows = flows.map((item): LaidFlow => {
    const points = wayOf(laidNodes.get(item.src)!.box, laidNodes.get(item.dst)!.box);
    return { item, points, label: points[1], text: '', direct: true };
  });
  const right = Math.max(x - COLUMN_GAP, ...laidFlows.flatMap(({ points }) => points.map(point => point.x))) + MARGIN;
  return { width: Math.ceil(right), height: Math.ceil(tallest + 2 * MARGIN), groups: laidGroups, nodes: [...laidNodes.values()], flows: laidFlows };
}

const MARGIN = 28;
const COLUMN_GAP = 90;
const ROW_GAP = 26;
const NODE_GAP = 10;
const ASPECT = 1.35;

interface Card {
  readonly group: PictureGroup;
  readonly nodes: readonly Laid<PictureNode>[];
  readonly width: number;
  readonly height: number;
}

function cardOf(group: PictureGroup, nodes: readonly PictureNode[]): Card {
  const sorted = [...nodes].sort((a, b) => (a.role === 'many' ? 0 : 1) - (b.role === 'many' ? 0 : 1) || (a.title < b.title ? -1 : 1));
  const columns = sorted.length <= 3 ? 1 : sorted.length <= 10 ? 2 : Math.ceil(Math.sqrt(sorted.length / 1.6));
  const cell = Math.max(0, ...sorted.map(nodeWidth));
  const places = sorted.map((item, i) => ({
    item,
    box: { x: PAD + (i % columns) * (cell + NODE_GAP), y: HEADER + Math.floor(i / columns) * (NODE_HEIGHT + NODE_GAP), width: cell, height: NODE_HEIGHT },
  }));
  const rows = Math.ceil(sorted.length / columns);
  const written = textWidth(group.title, 13) + textWidth(group.tenant ?? '', 11) + (group.kind === 'edge' ? 40 : 0) + 60;
  return {
    group,
    nodes: places,
    width: Math.max(2 * PAD + Math.min(columns, sorted.length) * (cell + NODE_GAP) - NODE_GAP, written, textWidth(group.dns ?? '', 11) + 2 * PAD),
    height: HEADER + rows * (NODE_HEIGHT + NODE_GAP) - NODE_GAP + PAD + (group.dns ? NOTE : 0),
  };
}

function columnsOf(cards: readonly Card[]): Card[][] {
  const area = cards.reduce((sum, { width, height }) => sum + (width + COLUMN_GAP) * (height + ROW_GAP), 0);
  const limit = Math.sqrt(area / ASPECT);
  const columns: Card[][] = [];
  for (const card of cards) {
    const column = columns[columns.length - 1];
    const world = (kind: PictureGroup['kind']) => kind === 'internet' || kind === 'external';
    const alike = column && world(column[0].group.kind) === world(card.group.kind);
    if (alike && heightOf(column) + card.height / 2 <= limit) column.push(card); else columns.push([card]);
  }
  return columns;
}

function heightOf(column: readonly Card[]): number {
  return column.reduce((sum, { height }) => sum + height + ROW_GAP, -ROW_GAP);
}

/** The two ends and the two handles of a curve: out on the side where the other one stands, around where they stand above each other. */
function wayOf(src: Box, dst: Box): Point[] {
  const [a, b] = [src.y + src.height / 2, dst.y + dst.height / 2];
  const span = (gap: number) => Math.max(40, Math.abs(gap) / 2);
  const points = src === dst ? [{ x: src.x + 30, y: src.y }, { x: src.x + 30, y: src.y - 34 }, { x: src.x + 70, y: src.y - 34 }, { x: src.x + 70, y: src.y }]
    : dst.x >= src.x + src.width ? across(src.x + src.width, a, dst.x, b, span(dst.x - src.x - src.width))
      : dst.x + dst.width <= src.x ? across(src.x, a, dst.x + dst.width, b, -span(src.x - dst.x - dst.width))
        : around(Math.max(src.x + src.width, dst.x + dst.width) + 36, src.x + src.width, a, dst.x + dst.width, b);
  return points.map(({ x, y }) => ({ x: round(x), y: round(y) }));
}

function across(x1: number, y1: number, x2: number, y2: number, handle: number): Point[] {
  return [{ x: x1, y: y1 }, { x: x1 + handle, y: y1 }, { x: x2 - handle, y: y2 }, { x: x2, y: y2 }];
}

function around(far: number, x1: number, y1: number, x2: number, y2: number): Point[] {
  return [{ x: x1, y: y1 }, { x: far, y: y1 }, { x: far, y: y2 }, { x: x2, y: y2 }];
}

function compare(a: Point, b: Point): number {
  return a.x - b.x || a.y - b.y;
}
