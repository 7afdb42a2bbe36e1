/**
 * What a kube-apiserver that was started with our files makes of those who come: whom it believes, what it answers to strangers, what it
 * writes down, what it stores.
 */
import { existsSync, readFileSync } from 'fs';
import { request } from 'http';
import { connect } from 'tls';
import { MovedFiles } from './files';
import { tokenOf } from './issuer';
import { TokenTry, isReserved, tokenTries } from './tokens';
import { isAllowed } from '../api-server/grants';
import { ApiServer } from '../api-server/server';
import { Manifest } from '../lib/manifests';
import { until } from '../lib/run';

/** Counts what was tried, and keeps what went wrong. */
export class Trials {
  public tried = 0;
  public readonly failures: string[] = [];

  public expect(what: string, good: boolean, seen: string): void {
    this.tried += 1;
    if (!good) this.failures.push(`${what}: ${seen}`);
  }
}

const HEALTH = ['/healthz', '/livez', '/readyz'];
const CLOSED = ['/version', '/api', '/apis', '/openapi/v2', '/metrics', '/debug/pprof/', '/api/v1/namespaces/default/secrets', '/livezz'];

export async function tokens({ client }: ApiServer, { authentication }: MovedFiles, trials: Trials): Promise<void> {
  const issuers: any[] = authentication?.jwt ?? [];
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  for (const jwt of issuers) {
    const ask = ({ claims, signing }: TokenTry) =>
      client.withToken('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', tokenOf(jwt.issuer.url, claims, signing), review);
    const tries = tokenTries(jwt, issuers.filter(other => other !== jwt), Math.floor(Date.now() / 1000));
    // The server asks an issuer for its keys a moment after it is ready.
    await until(`${jwt.issuer.url} known`, 20, async () => (await ask(tries[0])).status === 201 || undefined).catch(() => undefined);
    for (const one of tries) {
      const answer = await ask(one);
      const user = answer.body?.status?.userInfo ?? {};
      const seen = answer.status === 201 ? `it is ${user.username} of ${(user.groups ?? []).join(', ')}` : `${answer.status}`;
      const accepted = answer.status === 201;
      const right = one.meant === 'harmless' ? accepted || answer.status === 401 : one.meant === 'accepted' ? accepted : answer.status === 401;
      trials.expect(`${jwt.issuer.url}, a token ${one.what.replace('a token ', '')}`, right && !isReserved(user), `meant ${one.meant}, ${seen}`);
      if (one.username && accepted) trials.expect(`${jwt.issuer.url}, its user`, user.username === one.username, `meant ${one.username}, ${seen}`);
      if (one.groups && accepted) trials.expect(`${jwt.issuer.url}, its groups`, one.groups.every(group => user.groups.includes(group)), `meant ${one.groups.join()}, ${seen}`);
    }
  }
  const garbage = await client.withToken('GET', '/api', 'not-a-token');
  trials.expect('a text that is no token', garbage.status === 401, `${garbage.status}`);
}

/** Roles decide, nodes have what they need, and nobody else has anything. A webhook is asked, but about those whom its conditions leave out. */
export async function permissions({ client }: ApiServer, { authorization, askedAbout }: MovedFiles, trials: Trials): Promise<void> {
  const questions: [string, string[], string, string, boolean][] = [
    ['somebody', [], 'get', 'secrets', false], ['somebody', ['team'], 'create', 'pods', false],
    ['system:kube-scheduler', [], 'list', 'pods', true], ['system:kube-scheduler', [], 'delete', 'networkpolicies', false],
    ['system:node:one', ['system:nodes'], 'update', 'nodes/status', true], ['system:node:one', ['system:nodes'], 'list', 'secrets', false],
    ['one', ['team'], 'update', 'nodes/status', false],
  ];
  for (const [user, groups, verb, resource, allowed] of questions) {
    const answer = await isAllowed(client, { user, groups, verb, resource, group: resource === 'networkpolicies' ? 'networking.k8s.io' : '' });
    trials.expect(`${user} ${verb} ${resource}`, answer === allowed, answer ? 'is allowed' : 'is denied');
  }
  const webhook = authorization?.authorizers.find(({ type }: any) => type === 'Webhook')?.webhook;
  if (!webhook) return;
  trials.expect('the webhook', askedAbout.includes('somebody'), 'was not asked about somebody');
  const leftOut = webhook.matchConditions?.some(({ expression }: any) => expression.includes("startsWith('system:')"));
  if (leftOut) trials.expect('the conditions of the webhook', !askedAbout.some(name => name.startsWith('system:')), 'leave nobody out');
}

/** Paths that the file names are answered without credentials, health among them; every other is not. */
export async function strangers({ client }: ApiServer, { authentication }: MovedFiles, trials: Trials): Promise<void> {
  const open: string[] = (authentication?.anonymous?.conditions ?? []).map(({ path }: any) => path);
  for (const path of open) {
    const { status } = await client.anonymously('GET', path);
    trials.expect(`a stranger at ${path}`, HEALTH.includes(path) ? status === 200 : status !== 401, `${status}`);
  }
  for (const path of CLOSED.filter(one => !open.includes(one))) {
    const { status } = await client.anonymously('GET', path);
    trials.expect(`a stranger at ${path}`, status === 401, `${status}`);
  }
}

/** TLS before 1.2 and suites without forward secrecy are turned away. */
export async function transport({ port }: ApiServer, { flags }: MovedFiles, trials: Trials): Promise<void> {
  if (!flags.some(flag => flag.startsWith('--tls-min-version='))) return;
  const shakes = (options: object) => new Promise<boolean>(resolve => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
  const only13 = flags.includes('--tls-min-version=VersionTLS13');
  trials.expect('a client of TLS 1.3', await shakes({ minVersion: 'TLSv1.3' }), 'is turned away');
  trials.expect('a client of TLS 1.2', await shakes({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }) !== only13, only13 ? 'is let in' : 'is turned away');
  trials.expect('a client of TLS 1.1', !await shakes({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }), 'is let in');
  trials.expect('a client with CBC only', !await shakes({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA@SECLEVEL=0' }), 'is let in');
}

/** Profiles are served to nobody, not even to an administrator. */
export async function profiles({ client }: ApiServer, _: MovedFiles, trials: Trials): Promise<void> {
  const { status } = await client.call('GET', '/debug/pprof/');
  trials.expect('profiles', status === 404, `${status}`);
}

/** Things are done, and looked for in the log: what decides in full, ways into pods, and never what a Secret holds. */
export async function records({ client }: ApiServer, { log }: MovedFiles, trials: Trials): Promise<void> {
  if (!log) return;
  const namespace = 'audited';
  const marker = `marker-${process.pid}`;
  const made = (apiVersion: string, kind: string, body: object): Manifest => ({ apiVersion, kind, metadata: { name: 'audited', namespace }, ...body });
  const space: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const policy = made('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: { matchLabels: { marker } }, policyTypes: ['Ingress'] } });
  await client.applied(space);
  try {
    await client.applied(policy);
    await client.applied(made('v1', 'ServiceAccount', {}));
    await client.applied(made('v1', 'Secret', { stringData: { key: marker } }));
    await client.applied(made('v1', 'ConfigMap', { data: { key: marker } }));
    await client.applied(made('rbac.authorization.k8s.io/v1', 'Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }));
    await client.applied(made('v1', 'Pod', { spec: { containers: [{ name: 'main', image: 'none.example/none:1' }] } }));
    const at = `/api/v1/namespaces/${namespace}`;
    await client.call('GET', `${at}/secrets/audited`);
    await client.call('POST', `${at}/pods/audited/exec?command=true&container=main`);
    await client.call('POST', `${at}/pods/audited/portforward?ports=80`);
    const token = await client.demand('POST', `${at}/serviceaccounts/audited/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
    await client.anonymously('GET', '/livez');
    await client.remove(policy);
    const read = () => (existsSync(log) ? readFileSync(log, 'utf8') : '').split('\n').filter(line => line.endsWith('}')).map(line => JSON.parse(line));
    await until('the last line of the audit log', 10, async () =>
      read().some(({ verb, objectRef }) => verb === 'delete' && objectRef?.resource === 'networkpolicies') || undefined).catch(() => undefined);
    judgeRecords(read().filter(({ objectRef, requestURI }) => objectRef?.namespace === namespace || requestURI?.startsWith('/livez')), marker, token.status.token, trials);
  } finally {
    for (const kind of ['Pod', 'Secret', 'ConfigMap', 'ServiceAccount']) await client.remove(made('v1', kind, {}));
    await client.remove(made('rbac.authorization.k8s.io/v1', 'Role', {}));
    await client.remove(policy);
    await client.remove(space);
  }
}

function judgeRecords(lines: readonly any[], marker: string, token: string, trials: Trials): void {
  const of = (verb: string, resource: string, subresource?: string) =>
    lines.filter(line => line.verb === verb && line.objectRef?.resource === resource && line.objectRef?.subresource === subresource);
  for (const [verb, resource] of [['patch', 'networkpolicies'], ['patch', 'roles']]) {
    trials.expect(`the record of ${verb} ${resource}`, of(verb, resource).some(line => line.level === 'RequestResponse' && line.requestObject), 'is not in full');
  }
  trials.expect('the record of delete networkpolicies', of('delete', 'networkpolicies').length > 0, 'is missing');
  for (const [verb, resource] of [['patch', 'secrets'], ['get', 'secrets'], ['patch', 'configmaps'], ['patch', 'pods']]) {
    trials.expect(`the record of ${verb} ${resource}`, of(verb, resource).some(({ level }) => level === 'Metadata'), 'is missing, or not Metadata');
  }
  for (const subresource of ['exec', 'portforward']) {
    const found = [...of('create', 'pods', subresource), ...of('get', 'pods', subresource)];
    trials.expect(`the record of ${subresource}`, found.some(({ level }) => level === 'Metadata'), 'is missing, or not Metadata');
  }
  trials.expect('the record of a token made', of('create', 'serviceaccounts', 'token').length > 0, 'is missing');
  const secret = lines.filter(({ objectRef }) => ['secrets', 'configmaps'].includes(objectRef?.resource)).map(line => JSON.stringify(line)).join('\n');
  const encodedMarker = Buffer.from(marker).toString('base64');
  trials.expect('what a Secret or ConfigMap holds', !secret.includes(marker) && !secret.includes(encodedMarker) && !/requestObject|responseObject/.test(secret), 'is in the log');
  trials.expect('a token', !lines.some(line => JSON.stringify(line).includes(token)), 'is in the log');
  trials.expect('probes', !lines.some(({ requestURI }) => requestURI.startsWith('/livez')), 'are in the log');
}

/** What the file names is unreadable in etcd and read back by the API; what it does not name is readable there, or nobody looked. */
export async function storage({ client, store }: ApiServer, { encryption }: MovedFiles, trials: Trials): Promise<void> {
  if (!encryption) return;
  const marker = `marker-${process.pid}`;
  const kinds: Record<string, Manifest> = {
    secrets: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'stored', namespace: 'default', annotations: { marker } } },
    configmaps: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'stored', namespace: 'default', annotations: { marker } } },
    serviceaccounts: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'stored', namespace: 'default', annotations: { marker } } },
    limitranges: { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'stored', namespace: 'default', annotations: { marker } }, spec: { limits: [] } },
  };
  for (const [resource, manifest] of Object.entries(kinds)) {
    const group = encryption.resources.find(({ resources }: any) => resources.includes(resource));
    const name = group?.providers[0].kms?.name;
    await client.applied(manifest);
    const stored = await inEtcd(store, `/registry/${resource}/default/stored`);
    const back = await client.demand('GET', await client.pathOf(manifest));
    await client.remove(manifest);
    trials.expect(`${resource} read back`, back.metadata.annotations?.marker === marker, 'are not what was written');
    if (group) trials.expect(`${resource} in etcd`, stored.startsWith(`k8s:enc:kms:v2:${name}:`) && !stored.includes(marker), 'are readable');
    else trials.expect(`${resource} in etcd`, stored.includes(marker), 'are unreadable, though nothing encrypts them: it was not looked at what is stored');
  }
}

/** What etcd itself holds under a key. */
function inEtcd(store: string, key: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(`${store}/v3/kv/range`, { method: 'POST', headers: { 'content-type': 'application/json' } }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', part => { text += part; }).on('end', () => {
        const { kvs = [] } = JSON.parse(text);
        resolve(kvs.length ? Buffer.from(kvs[0].value, 'base64').toString('latin1') : '');
      });
    });
    call.on('error', reject);
    call.end(JSON.stringify({ key: Buffer.from(key).toString('base64') }));
  });
}
