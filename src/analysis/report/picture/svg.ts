import { Laid, LaidFlow, LaidPicture } from './layout';
import { Box, Point, round, textWidth } from './metrics';
import type { GroupKind, Guard, PictureGroup, PictureNode } from './model';
import { COLOURS, DRAWING } from './style';

/** Draws a picture that has its places. The text of manifests is escaped wherever it lands. */

export const GUARD_CLASS: Readonly<Record<Guard, string>> = { 'both ends': 'both', 'source only': 'one', 'destination only': 'one', 'nothing': 'none' };

const ZONES: Readonly<Record<GroupKind, string>> = { internet: '', external: '', cluster: '', edge: 'edge', namespace: '' };

/** Small marks that say what a box is without words. */
const MARKS: Readonly<Record<PictureNode['role'], string>> = {
  workload: 'M7 1l6 3.4v6.9L7 14.6 1 11.3V4.4zM1 4.4l6 3.4 6-3.4M7 7.8v6.8',
  router: 'M1 5h10M8 2l3 3-3 3M13 11H3M6 8l-3 3 3 3',
  gateway: 'M1 14V6a6 6 0 0 1 12 0v8M1 14h12M7 9v2',
  many: 'M1 1h5v5H1zM8 1h5v5H8zM1 8h5v5H1zM8 8h5v5H8z',
  outside: 'M7 1a6 6 0 1 0 0 12A6 6 0 1 0 7 1M1 7h12M7 1c-4 4-4 8 0 12M7 1c4 4 4 8 0 12',
};

/** @param alone whether it stands in a file of its own, and brings its colours along */
export function draw(laid: LaidPicture, title: string, alone = true): string {
  const { width, height, groups, nodes, flows } = laid;
  const crowded = flows.length > 0 && flows.every(({ text }) => text === '');
  const style = alone ? `<style>${COLOURS}${DRAWING}</style>` : '';
  const parts = [
    `<svg class="sn${crowded ? ' crowded' : ''}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${alone ? `width="${width}" height="${height}" ` : ''}role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>${style}<defs>${['both', 'one', 'none'].map(marker).join('')}</defs>`,
    alone ? `<rect width="${width}" height="${height}" style="fill:var(--paper)"/>` : '',
    '<g id="view">',
    ...[...groups].sort((a, b) => area(b.box) - area(a.box)).map(drawGroup),
    ...flows.map(drawFlow),
    ...nodes.map(drawNode),
    '</g></svg>',
  ];
  return parts.filter(part => part !== '').join('\n') + '\n';
}

function marker(name: string): string {
  return `<marker id="arrow-${name}" class="g-${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .6L7.4 4 0 7.4z"/></marker>`;
}

function drawGroup({ item: { id, kind, title, tenant, dns }, box: { x, y, width, height } }: Laid<PictureGroup>): string {
  const zone = ZONES[kind];
  const tag = tenant ?? '';
  const tagWidth = Math.ceil(textWidth(tag, 10.5) + 16);
  return `<g class="group ${kind}" data-group="${escaped(id)}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/>`
    + `<text class="name" x="${x + 16}" y="${y + 25}">${escaped(title)}${zone === '' ? '' : `<tspan class="zone" dx="8">${zone}</tspan>`}</text>`
    + (tag === '' ? '' : `<g class="tenant"><title>tenant ${escaped(tag)}</title><rect x="${x + width - tagWidth - 12}" y="${y + 11}" width="${tagWidth}" height="19" rx="9.5"/>`
      + `<text x="${x + width - tagWidth / 2 - 12}" y="${y + 24.5}" text-anchor="middle">${escaped(tag)}</text></g>`)
    + (dns === undefined ? '' : `<text class="dns" x="${x + 16}" y="${y + height - 12}">${escaped(dns)}</text>`)
    + '</g>';
}

function drawNode({ item: { id, title, subtitle, role }, box: { x, y, width, height } }: Laid<PictureNode>): string {
  return `<g class="node ${role}" data-node="${id}" tabindex="0"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="9"/>`
    + `<path class="mark" transform="translate(${x + 12} ${y + height / 2 - 7.5})" d="${MARKS[role]}"/>`
    + `<text class="name" x="${x + 35}" y="${y + 20}">${escaped(title)}</text><text class="sub" x="${x + 35}" y="${y + 35.5}">${escaped(subtitle)}</text></g>`;
}

function drawFlow({ item: { guard, conn, layers }, points, label, text, direct }: LaidFlow, i: number): string {
  const name = GUARD_CLASS[guard];
  const path = direct ? bezier(points) : curve(points);
  const width = textWidth(text, 11) + 12;
  return `<g class="flow g-${name}" data-flow="${i}" tabindex="0"><title>${escaped(`${conn} · guarded by ${guard === 'nothing' ? guard : `${[...layers].join(', ')} at ${guard}`}`)}</title>`
    + `<path class="grab" d="${path}"/><path class="line" d="${path}" marker-end="url(#arrow-${name})"/>`
    + (text === '' ? '' : `<rect class="chip" x="${round(label.x - width / 2)}" y="${round(label.y - 8.5)}" width="${round(width)}" height="17" rx="8.5"/>`
      + `<text x="${label.x}" y="${round(label.y + 4)}" text-anchor="middle">${escaped(text)}</text>`)
    + '</g>';
}

function bezier([a, b, c, d]: readonly Point[]): string {
  return `M${a.x} ${a.y}C${b.x} ${b.y} ${c.x} ${c.y} ${d.x} ${d.y}`;
}

/** A B-spline through the corridor that the layout kept free, straight at both ends so that the arrow points the right way. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (rest.length === 0) return '';
  if (rest.length === 1) return `M${first.x} ${first.y}L${rest[0].x} ${rest[0].y}`;
  const last = rest[rest.length - 1];
  const padded = [first, first, first, ...rest.slice(0, -1), last, last, last];
  let path = `M${first.x} ${first.y}`;
  for (let i = 1; i + 2 < padded.length; i++) {
    const [b, c, d] = [padded[i], padded[i + 1], padded[i + 2]];
    path += `C${mixed(b, c, 2, 1)} ${mixed(b, c, 1, 2)} ${round((b.x + 4 * c.x + d.x) / 6)} ${round((b.y + 4 * c.y + d.y) / 6)}`;
  }
  return path;
}

function mixed(a: Point, b: Point, m: number, n: number): string {
  return `${round((a.x * m + b.x * n) / 3)} ${round((a.y * m + b.y * n) / 3)}`;
}

function area({ width, height }: Box): number {
  return width * height;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`);
}
