/** The numbers of a run as a table and a few sentences, in Markdown. */
import { markdown } from './_page';
import { Measured } from './_synth-case';

/** All cases of one size. */
export interface Row {
  readonly tenants: number;
  readonly checked: Measured;
  readonly unchecked: Measured;
  readonly stock?: Measured;
  readonly byHand?: Measured;
  /** What cdk8s's own YAML writer takes for the same objects. */
  readonly writer?: Measured;
  readonly floor: Measured;
}

export interface MeshRow {
  readonly tenants: number;
  readonly mesh: Measured;
  readonly plain: Measured;
}

export function meshReport(rows: readonly MeshRow[], machine: string): string {
  const table = [
    ['tenants', 'objects', 'construct', 'synth', 'peak MB', 'objects without a mesh', 'construct', 'synth'],
    ...rows.map(({ tenants, mesh, plain }) => [
      tenants, mesh.objects, each(mesh, 'construct'), each(mesh, 'synth'), mesh.memory.toFixed(0), plain.objects, each(plain, 'construct'), each(plain, 'synth'),
    ].map(String)),
  ];
  const [first, last] = [rows[0], rows[rows.length - 1]];
  return ['## Synth of a mesh', '', `Measured on ${machine}.`, '', ...markdown(table), '',
    'The tenants above, in a mesh and without one, in microseconds per object: with mutual TLS, a Sidecar and an AuthorizationPolicy for each workload, and all of it read',
    `back. From ${first.tenants} to ${last.tenants} tenants the cost of an object grows ${times(last.mesh, first.mesh)}.`].join('\n');
}

export function synthReport(rows: readonly Row[], machine: string): string {
  const table = [
    ['tenants', 'objects', 'construct', 'synth', 'synth, nothing read back', 'peak MB', 'stock, raw objects', 'stock, cdk8s-plus-28', 'cdk8s YAML writer', 'JSON.stringify'],
    ...rows.map(({ tenants, checked, unchecked, stock, byHand, writer, floor }) => [
      String(tenants), String(checked.objects), each(checked, 'construct'), each(checked, 'synth'), each(unchecked, 'synth'), checked.memory.toFixed(0),
      both(stock), both(byHand), writer ? each(writer, 'synth') : '-', each(floor, 'synth'),
    ]),
  ];
  return ['## Synth', '', `Measured on ${machine}.`, '', ...markdown(table), '', ...LEGEND, '', ...growth(rows)].join('\n');
}

const LEGEND = [
  'Everything but the counts and the memory is in microseconds per object. A tenant is a shop: a namespace, four workloads with accounts and Services, an egress',
  'router, their policies. "Nothing read back" leaves out the intent check and the files that say who reaches whom. "Stock, raw objects" (construct + synth) writes',
  'the same objects as plain ApiObjects from JSON in a stock cdk8s App; "stock, cdk8s-plus-28" (construct + synth) writes about as many by hand. The last two columns',
  'measure the machine: `Yaml.stringify` of cdk8s and `JSON.stringify` for every manifest, and nothing else.',
];

function growth(rows: readonly Row[]): string[] {
  const [from, to] = [1000, 5000].map(size => rows.find(({ tenants }) => tenants === size));
  const lines = from && to ? [
    `From 1000 to 5000 tenants the cost of an object (construct and synth) grows ${times(to.checked, from.checked)}, and ${times(to.unchecked, from.unchecked)} where nothing is read back.`,
  ] : [];
  const last = rows[rows.length - 1];
  lines.push(`At ${last.tenants} tenants an object costs ${times(last.checked, last.floor)} what \`JSON.stringify\` takes for it, `
    + `and ${times(last.unchecked, last.floor)} where nothing is read back: a ratio that depends less on the machine.`);
  lines.push(...inWriters(rows));
  const largest = [...rows].reverse().find(({ stock }) => stock);
  if (largest) lines.push(`At ${largest.tenants} tenants stock cdk8s takes ${times(largest.stock!, largest.checked)} as long for the same objects, and reads nothing back.`);
  return lines;
}

/** A synth in the time that cdk8s's YAML writer alone takes for the same objects: numbers of two machines can be held against each other so. */
function inWriters(rows: readonly Row[]): string[] {
  const row = [...rows].reverse().find(({ writer }) => writer);
  if (!row) return [];
  const ratio = (measured: Measured) => `${(measured.synth / measured.objects / (row.writer!.synth / row.writer!.objects)).toFixed(2)}x`;
  return [`At ${row.tenants} tenants a synth takes ${ratio(row.checked)} as long as cdk8s's YAML writer alone takes for the same objects, and ${ratio(row.unchecked)} where nothing is read back.`];
}

function perObject({ construct, synth, objects }: Measured): number {
  return 1000 * (construct + synth) / objects;
}

function each(measured: Measured, phase: 'construct' | 'synth'): string {
  return short(1000 * measured[phase] / measured.objects);
}

function both(measured: Measured | undefined): string {
  return measured ? `${each(measured, 'construct')} + ${each(measured, 'synth')}` : '-';
}

function short(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

function times(one: Measured, other: Measured): string {
  const ratio = perObject(one) / perObject(other);
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}x`;
}
