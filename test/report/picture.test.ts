import { spawnSync } from 'child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { delimiter, join } from 'path';
import { ClusterModel } from '../../src/analysis/model';
import { Reachability } from '../../src/analysis/reachability';
import { REPORTS } from '../../src/analysis/report';
import { layOut } from '../../src/analysis/report/picture/layout';
import { Picture, pictureOf } from '../../src/analysis/report/picture/model';

const reachOf = (objects: any[]) => Reachability.of(ClusterModel.of(objects));
const written = (format: string, objects: any[]) => [...REPORTS.get(format)!.write(reachOf(objects))].join('');

const namespace = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const pod = (name: string, space = 'shop', labels: any = { app: name }) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: space, labels } });
const policy = (name: string, space: string, spec: any) => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: space }, spec });
const closed = (space = 'shop') => policy('deny', space, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const into = (app: string, space: string, from: any, port = 80) =>
  policy(`to-${app}`, space, { podSelector: { matchLabels: { app } }, policyTypes: ['Ingress'], ingress: [{ from: [from], ports: [{ port }] }] });
const out = (app: string, space: string, to: any, port = 80) =>
  policy(`from-${app}`, space, { podSelector: { matchLabels: { app } }, policyTypes: ['Egress'], egress: [{ to: [to], ports: [{ port }] }] });
const app = (name: string) => ({ podSelector: { matchLabels: { app: name } } });

const SHOP = [namespace('shop', { 'secure-network/tenant': 'acme' }), pod('web'), pod('api'), closed(),
  out('web', 'shop', app('api')), into('api', 'shop', app('web')), into('web', 'shop', { ipBlock: { cidr: '0.0.0.0/0' } }, 443)];

/** Flows by the names of what they connect. */
function flowsOf({ nodes, flows }: Picture): string[] {
  const name = (id: string) => {
    const { title, group } = nodes.find(node => node.id === id)!;
    return group.startsWith('ns ') ? `${group.slice(3)}/${title}` : title;
  };
  return flows.map(({ src, dst, conn, guard }) => `${name(src)} -> ${name(dst)} : ${conn} (${guard})`).sort();
}

describe('3. the picture shows every flow and what guards it', () => {
  it('in zones, with tenants', () => {
    const picture = pictureOf(reachOf(SHOP));
    expect(flowsOf(picture)).toEqual(['Any IPv4 address -> shop/web : TCP 443 (both ends)', 'shop/web -> shop/api : TCP 80 (both ends)']);
    expect(picture.groups.map(({ kind, title, tenant }) => [kind, title, tenant])).toEqual([['internet', 'Internet', undefined], ['namespace', 'shop', 'acme']]);
  });

  it('marks a flow that only one end guards, or none', () => {
    const pods = [pod('web', 'front'), pod('api', 'back')];
    const flow = (objects: any[]) => flowsOf(pictureOf(reachOf([...pods, ...objects]))).filter(text => text.startsWith('front/web -> back/api'));
    const anywhere = { namespaceSelector: {} };
    expect(flow([])).toEqual(['front/web -> back/api : All Connections (nothing)']);
    expect(flow([into('api', 'back', anywhere)])).toEqual(['front/web -> back/api : TCP 80 (destination only)']);
    expect(flow([out('web', 'front', anywhere)])).toEqual(['front/web -> back/api : TCP 80 (source only)']);
    expect(flow([into('api', 'back', anywhere), out('web', 'front', anywhere)])).toEqual(['front/web -> back/api : TCP 80 (both ends)']);
  });

  it('draws one flow for a whole namespace, and for a whole cluster, that is treated alike', () => {
    const pods = ['a', 'b', 'c', 'd', 'e'].map(name => pod(name));
    const scraped = policy('scrape', 'shop', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: {}, ...app('prometheus') }] }] });
    const whole = pictureOf(reachOf([...pods, pod('prometheus', 'ops'), closed('ops'), out('prometheus', 'ops', { namespaceSelector: {} }), scraped]));
    expect(flowsOf(whole)).toContain('ops/prometheus -> shop/every workload : TCP 80 (both ends)');
    expect(flowsOf(whole).filter(text => text.startsWith('ops/prometheus'))).toHaveLength(1);
    // One pod that is closed to it is enough to draw the others one by one.
    const butOne = pictureOf(reachOf([...pods, { ...pod('f'), metadata: { name: 'f', namespace: 'shop', labels: { app: 'f', locked: 'yes' } } },
      pod('prometheus', 'ops'), closed('ops'), out('prometheus', 'ops', { namespaceSelector: {} }),
      policy('scrape', 'shop', { ...scraped.spec, podSelector: { matchExpressions: [{ key: 'locked', operator: 'DoesNotExist' }] } }), closed()]));
    expect(flowsOf(butOne).filter(text => text.startsWith('ops/prometheus -> shop/'))).toHaveLength(5);
    const open = pictureOf(reachOf([...pods, pod('x', 'ops'), pod('y', 'ops')]));
    expect(flowsOf(open)).toContain('every workload -> every workload : All Connections (nothing)');
    expect(open.flows.length).toBeLessThan(4);
  });

  it('notes looking up names at the namespace, and draws any other way to the same pod', () => {
    const dns = { ...pod('coredns', 'kube-system', { 'k8s-app': 'kube-dns' }) };
    const to = { namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } };
    const lookup = pictureOf(reachOf([pod('web'), dns, closed(), closed('kube-system'), out('web', 'shop', to, 53), into('x', 'shop', app('x')),
      policy('dns', 'kube-system', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] })]));
    expect(flowsOf(lookup).filter(text => text.startsWith('shop/web'))).toEqual([]);
    expect(lookup.groups.find(({ title }) => title === 'shop')!.dns).toBe('looks up names at kube-system/coredns');
    const other = pictureOf(reachOf([pod('web'), dns, closed(), out('web', 'shop', to, 9153)]));
    expect(flowsOf(other)).toContain('shop/web -> kube-system/coredns : TCP 9153 (source only)');
  });

  it('shows a large cluster namespace by namespace', () => {
    const spaces = Array.from({ length: 30 }, (_, i) => `team-${i}`);
    const objects = spaces.flatMap((space, i) => [closed(space), ...Array.from({ length: 15 }, (_, j) => pod(`pod-${j}`, space)),
      out('pod-0', space, { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': spaces[i + 1] ?? 'none' } } }),
      policy('in', space, { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector: {} }] }] })]);
    const picture = pictureOf(reachOf(objects));
    expect([picture.workloads, picture.nodes.length, picture.flows.length]).toEqual([450, 30, 29]);
  });
});

describe('3. the picture has its places', () => {
  const crowd = Array.from({ length: 12 }, (_, i) => `team-${i}`).flatMap((space, i, spaces) => [closed(space), ...Array.from({ length: 6 }, (_x, j) => [
    pod(`pod-${j}`, space),
    out(`pod-${j}`, space, { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': spaces[(i * 5 + j) % 12] } }, ...app(`pod-${(j + 1) % 6}`) }),
    into(`pod-${j}`, space, { namespaceSelector: {} }),
  ]).flat()]);

  it.each([['nothing', []], ['one namespace', SHOP.slice(0, 6)], ['a few flows', SHOP], ['many flows', crowd]])('no box lies on another, nothing outside the drawing: %s', (_, objects) => {
    const { width, height, groups, nodes, flows } = layOut(pictureOf(reachOf(objects)));
    const apart = (a: any, b: any) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
    const within = (a: any, b: any) => a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
    for (const list of [groups, nodes]) {
      list.forEach((one, i) => list.slice(i + 1).forEach(other => {
        expect([one.item.title, other.item.title, apart(one.box, other.box)]).toEqual([one.item.title, other.item.title, true]);
      }));
    }
    for (const { item, box } of nodes) expect([item.title, within(box, groups.find(group => group.item.id === item.group)!.box)]).toEqual([item.title, true]);
    for (const { box } of groups) expect(within(box, { x: 0, y: 0, width, height })).toBe(true);
    for (const { points } of flows) for (const { x, y } of points) expect(x >= 0 && y >= 0 && x <= width && y <= height).toBe(true);
  });

  it('the same cluster gives the same drawing, whatever the order of its manifests', () => {
    expect(written('svg', [...SHOP].reverse()) === written('svg', SHOP)).toBe(true);
    expect(written('html', [...crowd].reverse()) === written('html', crowd)).toBe(true);
  });
});

describe('3. the page keeps to itself', () => {
  const nasty = '</script><script>document.title="taken"</script><img src=x onerror=1>';

  it('asks the network for nothing, and texts of manifests stay texts', () => {
    const text = written('html', [...SHOP, namespace(nasty, { 'secure-network/tenant': nasty }), pod(nasty, nasty)]);
    expect(text).toContain('default-src \'none\'');
    expect(text.replace(/http:\/\/www\.w3\.org\/2000\/svg/g, '')).not.toMatch(/https?:|<link|<img|@import|url\((?!#)/);
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(written('svg', [pod(nasty, nasty)])).not.toMatch(/<script|<img/);
  });

  const chromium = ['chromium', 'chromium-browser', 'google-chrome'].flatMap(name => (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, name))).find(path => existsSync(path));
  const opened = (script: string, objects: any[] = SHOP): string => {
    const folder = mkdtempSync(join(tmpdir(), 'secure-network-page-'));
    try {
      const file = join(folder, 'connectivity.html');
      writeFileSync(file, written('html', objects).replace('</body>', `<script>${script}</script></body>`));
      const { stdout } = spawnSync(chromium!, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
        '--no-first-run', `--user-data-dir=${folder}/profile`, '--dump-dom', `file://${file}`], { encoding: 'utf8', timeout: 60_000 });
      return stdout;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const inBrowser = chromium ? it : it.skip;

  inBrowser(`a click on a flow tells its story${chromium ? '' : ' (skipped: no chromium is installed here)'}`, () => {
    const dom = opened('document.querySelectorAll(".flow")[0].dispatchEvent(new MouseEvent("click", { bubbles: true }))');
    expect(dom).toContain('data-ready="2"');
    const panel = /<aside id="panel"[^>]*>(.*?)<\/aside>/s.exec(dom)![1].replace(/<[^>]+>/g, ' ');
    expect(panel).toMatch(/shop\/web\s+→\s+shop\/api\s+TCP 80\s+guarded at both ends by network-policy/);
    expect(panel).toContain('NetworkPolicy shop/from-web opens TCP 80 by rule egress[0]');
    expect(panel).toContain('NetworkPolicy shop/to-api opens TCP 80 by rule ingress[0]');
  }, 90_000);

  inBrowser(`a namespace that is chosen hides what has nothing to do with it${chromium ? '' : ' (skipped: no chromium is installed here)'}`, () => {
    const dom = opened('{ const s = document.getElementById("namespace"); s.value = "other"; s.dispatchEvent(new Event("change")); }',
      [...SHOP, namespace('other'), pod('alone', 'other'), closed('other'), namespace(nasty), pod(nasty, nasty), closed(nasty)]);
    const off = (title: string) => new RegExp(`<g class="node [a-z ]*off[^>]*>(?:(?!</g>).)*>${title}<`).test(dom);
    expect([off('web'), off('api'), off('alone')]).toEqual([true, true, false]);
    expect(dom).not.toContain('<title>taken</title>');
  }, 90_000);
});
