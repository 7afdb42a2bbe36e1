/** The numbers of a run as a table and a few sentences, in Markdown. */
import { Measured } from './_case';

/** All cases of one size. */
export interface Row {
  readonly tenants: number;
  readonly checked: Measured;
  readonly unchecked: Measured;
  readonly stock?: Measured;
  readonly byHand?: Measured;
  readonly floor: Measured;
}

export function synthReport(rows: readonly Row[], machine: string): string {
  const table = [
    ['tenants', 'objects', 'construct s', 'synth s', 'µs/object', 'µs/object, no check', 'peak MB', 'stock, raw objects', 'stock, cdk8s-plus-28', 'JSON.stringify'],
    ...rows.map(({ tenants, checked, unchecked, stock, byHand, floor }) => [
      String(tenants), String(checked.objects), seconds(checked.construct), seconds(checked.synth), each(checked), each(unchecked), checked.memory.toFixed(0),
      each(stock), each(byHand), each(floor),
    ]),
  ];
  return ['## Synth', '', `Measured on ${machine}.`, '', ...markdown(table), '', ...LEGEND, '', ...growth(rows)].join('\n');
}

const LEGEND = [
  'A tenant is a shop: a namespace, four workloads with accounts and Services, an egress router, their policies. µs/object is construction and synth together.',
  '"No check" leaves out the read-back that compares the manifests with what was stated. "Stock, raw objects" writes the same objects as plain ApiObjects from',
  'JSON in a stock cdk8s App; "stock, cdk8s-plus-28" writes about as many by hand; `JSON.stringify` of all manifests is the floor. Those are µs/object too.',
];

function growth(rows: readonly Row[]): string[] {
  const [from, to] = [1000, 5000].map(size => rows.find(({ tenants }) => tenants === size));
  const lines = from && to ? [
    `From 1000 to 5000 tenants the cost of an object grows ${times(to.checked, from.checked)} with the check and ${times(to.unchecked, from.unchecked)} without.`,
  ] : [];
  const last = rows[rows.length - 1];
  lines.push(`At ${last.tenants} tenants an object costs ${times(last.checked, last.floor)} what \`JSON.stringify\` takes for it, `
    + `and ${times(last.unchecked, last.floor)} without the check: a ratio that depends less on the machine.`);
  const largest = [...rows].reverse().find(({ stock }) => stock);
  if (largest) lines.push(`At ${largest.tenants} tenants stock cdk8s takes ${times(largest.stock!, largest.checked)} as long for the same objects, without any check.`);
  return lines;
}

function perObject({ construct, synth, objects }: Measured): number {
  return 1000 * (construct + synth) / objects;
}

function each(measured: Measured | undefined): string {
  if (!measured) return '-';
  const value = perObject(measured);
  return value.toFixed(value < 10 ? 1 : 0);
}

function times(one: Measured, other: Measured): string {
  const ratio = perObject(one) / perObject(other);
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}x`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

function markdown([head, ...body]: readonly string[][]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map(row => row[column].length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padStart(widths[column])).join(' | ')} |`;
  return [line(head), `|${widths.map(width => `${'-'.repeat(width + 1)}:`).join('|')}|`, ...body.map(line)];
}
