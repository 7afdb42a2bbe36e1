import * as fc from 'fast-check';
import { clusters } from './random-clusters';
import { ConnectionSet, PROTOCOLS } from '../../src/algebra/connection-set';
import { IpSet } from '../../src/algebra/ip-set';
import { closes, ConnectivityChange, diff, opens } from '../../src/analysis/diff';
import { ClusterModel } from '../../src/analysis/model';
import { Endpoint, Reachability } from '../../src/analysis/reachability';

const RUNS = Number(process.env.ANALYSIS_RUNS ?? 150);
const SEED = Number(process.env.ANALYSIS_SEED ?? Date.now() % 1_000_000);

const reachOf = (objects: any[]) => Reachability.of(ClusterModel.of(objects));
const textsOf = (changes: readonly ConnectivityChange[]) => changes.map(({ change, src, dst, before, after }) => `${change} ${src} => ${dst} : ${before} -> ${after}`);

const namespace = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const pod = (name: string, more: any = {}) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels: { app: name, ...more.labels }, ownerReferences: more.ownerReferences }, spec: { containers: [] },
});
const policy = (name: string, spec: any) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' }, spec });
const lets = (app: string, ...rules: any[]) => policy(`to-${app}`, { podSelector: { matchLabels: { app } }, policyTypes: ['Ingress'], ingress: rules });
const from = (app: string, ...ports: number[]) => ({ from: [{ podSelector: { matchLabels: { app } } }], ports: ports.map(port => ({ port })) });
const block = (cidr: string, ...except: string[]) => ({ from: [{ ipBlock: { cidr, ...except.length > 0 ? { except } : {} } }] });

/** With the policies of a mesh, or without. */
const either = fc.oneof(clusters(), clusters({ mesh: true }));

describe('2. diff', () => {
  const base = [namespace('shop'), pod('api'), pod('web')];
  const changes = (before: any[], after: any[]) => textsOf(diff(reachOf([...base, ...before]), reachOf([...base, ...after])));

  it('a path that opens is added, one that closes is removed, ports that differ are changed', () => {
    expect(changes([lets('api')], [lets('api', from('web', 80))])).toEqual(['added shop/web[Pod] => shop/api[Pod] : No Connections -> TCP 80']);
    expect(changes([lets('api', from('web', 80))], [lets('api')])).toEqual(['removed shop/web[Pod] => shop/api[Pod] : TCP 80 -> No Connections']);
    expect(changes([lets('api', from('web', 80))], [lets('api', from('web', 80, 81))])).toEqual(['changed shop/web[Pod] => shop/api[Pod] : TCP 80 -> TCP 80-81']);
    expect(changes([lets('api', from('web', 80))], [lets('api', from('web', 80))])).toEqual([]);
  });

  it('a range that is only written differently is no change, and one that grows is shown by what it grew', () => {
    const whole = [lets('api', block('10.0.0.0/8'))];
    expect(changes(whole, [lets('api', block('10.0.0.0/9'), block('10.128.0.0/9'))])).toEqual([]);
    expect(changes(whole, [lets('api', block('10.0.0.0/7'))])).toEqual(['added 11.0.0.0-11.255.255.255[External] => shop/api[Pod] : No Connections -> All Connections']);
    expect(changes(whole, [lets('api', block('10.0.0.0/8', '10.1.0.0/16'))]))
      .toEqual(['removed 10.1.0.0-10.1.255.255[External] => shop/api[Pod] : All Connections -> No Connections']);
  });

  it('pods of one owner that only one side tells apart are compared pod by pod', () => {
    const owned = (name: string, labels: any) => pod(name, { labels, ownerReferences: [{ kind: 'ReplicaSet', name: 'db', controller: true }] });
    const pods = [owned('db-1', { app: 'db', role: 'first' }), owned('db-2', { app: 'db', role: 'second' })];
    const first = { from: [{ podSelector: { matchLabels: { role: 'first' } } }] };
    expect(changes([...pods, lets('api', from('db', 80))], [...pods, lets('api', from('db', 80), first)]))
      .toEqual(['changed shop/db-1[Pod] => shop/api[Pod] : TCP 80 -> All Connections']);
    expect(changes([...pods, lets('api', from('db', 80))], [...pods, lets('api', from('db', 80), from('web', 1))]))
      .toEqual(['added shop/web[Pod] => shop/api[Pod] : No Connections -> TCP 1']);
  });

  it('labels of a namespace count, though no policy is touched', () => {
    const rule = { from: [{ namespaceSelector: { matchLabels: { team: 'a' } } }] };
    const other = { ...pod('job'), metadata: { name: 'job', namespace: 'batch', labels: {} } };
    expect(changes([namespace('batch'), other, lets('api', rule)], [namespace('batch', { team: 'a' }), other, lets('api', rule)]))
      .toEqual(['added batch/job[Pod] => shop/api[Pod] : No Connections -> All Connections']);
  });

  it('opens and closes say what the words of --fail-on mean', () => {
    const [change] = diff(reachOf([...base, lets('api', from('web', 80))]), reachOf([...base, lets('api', from('web', 81))]));
    expect([change.change, opens(change), closes(change)]).toEqual(['changed', true, true]);
    const [narrower] = diff(reachOf([...base, lets('api', from('web', 80, 81))]), reachOf([...base, lets('api', from('web', 81))]));
    expect([narrower.change, opens(narrower), closes(narrower)]).toEqual(['changed', false, true]);
  });
});

describe('2. diff of random clusters', () => {
  afterAll(() => { process.stdout.write(`diff: ${RUNS} random pairs of clusters, seed ${SEED}\n`); });

  it('is what all pairs and all addresses say, both ways round', () => {
    fc.assert(fc.property(either, either, fc.boolean(), ({ objects }, { objects: others }, mixed) => {
      // Half of the pairs share their pods, so that only policies differ.
      const isPolicy = ({ kind }: any) => /Policy$|^PeerAuthentication$/.test(kind);
      const next = mixed ? [...objects.filter(object => !isPolicy(object)), ...others.filter(isPolicy)] : others;
      compareAll(objects, next);
    }), { numRuns: RUNS, seed: SEED });
  });

  it('is that too where one object went, or got other labels or rules', () => {
    fc.assert(fc.property(either, fc.nat(), fc.constantFrom(...CHANGES), ({ objects }, place, change) => {
      compareAll(objects, objects.flatMap((object, i) => i === place % objects.length ? change(object) : [object]));
    }), { numRuns: RUNS, seed: SEED });
  });
});

const CHANGES: ((object: any) => any[])[] = [
  () => [],
  ({ metadata: { labels: _, ...metadata }, ...object }) => [{ ...object, metadata }],
  ({ metadata, ...object }) => [{ ...object, metadata: { ...metadata, labels: { ...metadata.labels, app: 'web', team: 'a' } } }],
  object => [object.kind.endsWith('NetworkPolicy') ? { ...object, spec: { ...object.spec, ingress: [], egress: [] } } : object],
  object => [object.kind === 'Pod' ? { ...object, spec: { ...object.spec, containers: [] } } : object],
];

function compareAll(objects: any[], next: any[]): void {
  const [before, after] = [reachOf(objects), reachOf(next)];
  const found = diff(before, after);
  expect(new Set(found.map(({ src, dst }) => `${src} ${dst}`)).size).toBe(found.length);
  expect(textsOf(diff(before, before))).toEqual([]);
  expect(textsOf(diff(after, before))).toEqual(textsOf(found.map(swapped)));
  expect(podChanges(found)).toEqual(allPairs(before, after));
  expect(probes(found)).toEqual(allAddresses(before, after));
}

function swapped({ change, src, dst, before, after }: ConnectivityChange): ConnectivityChange {
  return { change: change === 'added' ? 'removed' : change === 'removed' ? 'added' : 'changed', src, dst, before: after, after: before };
}

const isOutside = (text: string) => text.endsWith('[External]');

function podChanges(changes: readonly ConnectivityChange[]): string[] {
  return textsOf(changes.filter(({ src, dst }) => !isOutside(src) && !isOutside(dst)).map(change => ({ ...change, change: 'changed' as const }))).sort();
}

function allPairs(before: Reachability, after: Reachability): string[] {
  const texts = [...new Set([...before.endpoints, ...after.endpoints].map(({ text }) => text))];
  const byText = (reach: Reachability) => new Map(reach.endpoints.map(endpoint => [endpoint.text, endpoint]));
  const [was, is] = [byText(before), byText(after)];
  const between = (reach: Reachability, ends: Map<string, Endpoint>, src: string, dst: string) =>
    (ends.has(src) && ends.has(dst) ? reach.between(ends.get(src)!, ends.get(dst)!) : ConnectionSet.none());
  return texts.flatMap(src => texts.filter(dst => dst !== src).flatMap(dst => {
    const [old, now] = [between(before, was, src, dst), between(after, is, src, dst)];
    return old.equals(now) ? [] : [`changed ${src} => ${dst} : ${old} -> ${now}`];
  })).sort();
}

const ADDRESSES = ['10.0.0.0', '10.0.0.3', '10.0.0.9', '192.0.2.1', '203.0.113.7', '2001:db8::1', '2001:db8::9', 'ffff::1'];

function probes(changes: readonly ConnectivityChange[]): string[] {
  return changes.flatMap(({ src, dst, before, after }) => {
    const outside = isOutside(src) ? src : dst;
    if (!isOutside(outside)) return [];
    const [first, last] = outside.slice(0, -'[External]'.length).split('-');
    return ADDRESSES.filter(address => IpSet.ofRange(first, last).contains(IpSet.ofAddress(address)))
      .map(address => `${src.replace(outside, address)} => ${dst.replace(outside, address)} : ${before} -> ${after}`);
  }).sort();
}

function allAddresses(before: Reachability, after: Reachability): string[] {
  const texts = [...new Set([...before.endpoints, ...after.endpoints].map(({ text }) => text))];
  const found = (reach: Reachability, text: string, address: string, inward: boolean) => {
    const endpoint = reach.endpoints.find(each => each.text === text);
    const end = IpSet.ofAddress(address);
    return !endpoint ? ConnectionSet.none() : inward ? reach.between(end, endpoint) : reach.between(endpoint, end);
  };
  return texts.flatMap(text => ADDRESSES.flatMap(address => [true, false].flatMap(inward => {
    const [old, now] = [found(before, text, address, inward), found(after, text, address, inward)];
    if (PROTOCOLS.every(protocol => old.portsOf(protocol).equals(now.portsOf(protocol)))) return [];
    return [inward ? `${address} => ${text} : ${old} -> ${now}` : `${text} => ${address} : ${old} -> ${now}`];
  }))).sort();
}
