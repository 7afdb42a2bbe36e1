/**
 * The guardrails in a real API server. Everything that a tenant must not do is tried three times: before the guardrails are there, when it
 * passes, so that nothing else refuses it; by the tenant, who may do everything by his roles, and is refused by the guardrail that was
 * meant, in its words; and by a platform subject, for whom it passes. In the end a namespace is removed as Kubernetes does it.
 */
import { PLATFORM, TENANT, controller, guardedCluster, surroundings } from './cluster';
import { ADMITTED, CONTROLLED, Deed, REFUSED } from './deeds';
import { namespacesFirst } from '../api-server/acceptance';
import { Answer, ApiClient, Identity } from '../api-server/client';
import { Manifest } from '../lib/manifests';
import { until } from '../lib/run';

export interface GuardrailReport {
  /** What a tenant was refused, by guardrail. */
  readonly refused: Map<string, string[]>;
  readonly admitted: string[];
  readonly controllers: string[];
  /** What a namespace held that was taken away when it ended. */
  ended: number;
  readonly failures: string[];
}

export const noGuardrails = (): GuardrailReport => ({ refused: new Map(), admitted: [], controllers: [], ended: 0, failures: [] });

export async function judgeGuardrails(client: ApiClient, into: GuardrailReport): Promise<void> {
  const { guardrails, rest } = guardedCluster();
  const others = surroundings();
  try {
    for (const manifest of [...namespacesFirst([...rest, ...others])]) await client.applied(manifest);
    await until('the authorizer to see the tenant\'s role', 30, async () => (await attempt(client, TENANT, REFUSED[0])).status < 300 || undefined);
    for (const deed of REFUSED) {
      const answer = await attempt(client, TENANT, deed);
      if (!isAdmitted(deed, answer)) into.failures.push(`${deed.what}: is refused without guardrails too, and proves nothing: ${textOf(answer)}`);
    }
    for (const manifest of guardrails) await client.applied(manifest);
    await until('the API server to keep the guardrails', 60, async () =>
      (await Promise.all(REFUSED.map(async deed => refusedBy(await attempt(client, TENANT, deed)) !== undefined))).every(Boolean) || undefined)
      .catch(() => undefined);
    await judgePeople(client, guardrails, into);
    await judgeControllers(client, into);
    await judgeEnd(client, into);
  } finally {
    for (const manifest of [...guardrails, ...namespacesFirst([...rest, ...others]).reverse()]) await client.remove(manifest);
  }
}

async function judgePeople(client: ApiClient, guardrails: readonly Manifest[], into: GuardrailReport): Promise<void> {
  for (const deed of REFUSED) {
    const answer = await attempt(client, TENANT, deed);
    const said = guardrails.find(({ metadata, kind }) => metadata.name === deed.by && kind === 'ValidatingAdmissionPolicy')!.spec.validations
      .some(({ message }: any) => textOf(answer).includes(message));
    if (answer.status === 403 && refusedBy(answer) === deed.by && said) into.refused.set(deed.by, [...into.refused.get(deed.by) ?? [], deed.what]);
    else into.failures.push(`a tenant who ${deed.what}: meant to be refused by ${deed.by}, the API server says ${textOf(answer)}`);

    const asPlatform = await attempt(client, PLATFORM, deed);
    if (!isAdmitted(deed, asPlatform)) into.failures.push(`a platform subject who ${deed.what}: is refused: ${textOf(asPlatform)}`);
  }
  for (const deed of ADMITTED) {
    const answer = await attempt(client, TENANT, deed);
    if (isAdmitted(deed, answer)) into.admitted.push(deed.what);
    else into.failures.push(`a tenant who ${deed.what}: is refused: ${textOf(answer)}`);
  }
}

async function judgeControllers(client: ApiClient, into: GuardrailReport): Promise<void> {
  for (const { who, admitted, deed } of CONTROLLED) {
    const answer = await attempt(client, who, deed);
    const name = who.user.split(':').pop();
    const right = admitted ? isAdmitted(deed, answer) : refusedBy(answer) !== undefined;
    if (right) into.controllers.push(`${name} ${deed.what}: ${admitted ? 'yes' : 'no'}`);
    else into.failures.push(`${name}, which ${deed.what}: meant ${admitted ? 'yes' : 'no'}, the API server says ${textOf(answer)}`);
  }
}

const CONTENTS = [
  '/api/v1', '/apis/networking.k8s.io/v1', '/apis/rbac.authorization.k8s.io/v1', '/apis/apps/v1', '/apis/discovery.k8s.io/v1',
];

/** A platform subject removes the namespace; what is in it is taken away by the namespace controller, under its own name and roles. */
async function judgeEnd(client: ApiClient, into: GuardrailReport): Promise<void> {
  const path = '/api/v1/namespaces/guarded-shop';
  const who = controller('namespace-controller');
  const ask = async (method: string, at: string, body?: unknown) => {
    const answer = await client.callAs(who, method, at, body);
    if (answer.status >= 300) into.failures.push(`the end of a namespace: ${method} ${at}: ${textOf(answer)}`);
    return answer.body;
  };
  const asked = await client.callAs(PLATFORM, 'DELETE', path);
  if (asked.status >= 300) into.failures.push(`the end of a namespace: a platform subject is refused: ${textOf(asked)}`);
  const terminating = await client.demand('GET', path);
  if (terminating.status.phase !== 'Terminating') into.failures.push(`the end of a namespace: it is ${terminating.status.phase}`);
  for (const group of CONTENTS) {
    const { resources } = await client.demand('GET', group);
    for (const { name, namespaced, verbs } of resources) {
      if (!namespaced || !verbs.includes('deletecollection')) continue;
      const at = `${group}/namespaces/guarded-shop/${name}`;
      const { items = [] } = await ask('GET', at);
      if (items.length > 0) await ask('DELETE', `${at}?gracePeriodSeconds=0`);
      into.ended += items.length;
      const { items: left = [] } = await ask('GET', at);
      if (left.length > 0) into.failures.push(`the end of a namespace: ${left.length} ${name} stay`);
    }
  }
  const services = await ask('GET', `${path}/services`);
  for (const { metadata } of services.items ?? []) into.failures.push(`the end of a namespace: Service ${metadata.name} stays`);
  await ask('PUT', `${path}/finalize`, { ...terminating, spec: { finalizers: [] } });
  const gone = await client.call('GET', path);
  if (gone.status !== 404) into.failures.push(`the end of a namespace: it is still there (${gone.status})`);
  if (into.ended === 0) into.failures.push('the end of a namespace: there was nothing in it');
}

/** A dry run goes through admission like any other, and leaves nothing. A connection cannot be dry. */
function attempt(client: ApiClient, who: Identity, { method, path, body, contentType }: Deed): Promise<Answer> {
  const dry = method === 'GET' ? '' : `${path.includes('?') ? '&' : '?'}dryRun=All`;
  return client.callAs(who, method, `${path}${dry}`, body, contentType);
}

/** Whoever is let connect finds nobody at the other end, which is another kind of no. */
function isAdmitted({ method }: Deed, answer: Answer): boolean {
  return method === 'GET' ? answer.status !== 403 : answer.status < 300;
}

function refusedBy(answer: Answer): string | undefined {
  return /ValidatingAdmissionPolicy '([^']+)' with binding/.exec(textOf(answer))?.[1];
}

function textOf({ status, body }: Answer): string {
  return `${status} ${body?.message ?? (typeof body === 'string' ? body : '')}`;
}

