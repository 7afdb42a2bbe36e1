/** Manifests as plain data: reading them from folders, naming them, comparing what was sent with what came back. */
import { readFileSync, readdirSync, statSync } from 'fs';
import { join } from 'path';
import { parseAllDocuments } from 'yaml';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string>; readonly [key: string]: any };
  readonly [key: string]: any;
}

export function readManifests(path: string): Manifest[] {
  if (statSync(path).isDirectory()) {
    return readdirSync(path).sort().map(entry => join(path, entry)).filter(isFolderOrYaml).flatMap(readManifests);
  }
  return parseManifests(readFileSync(path, 'utf8'), path);
}

export function parseManifests(text: string, origin: string): Manifest[] {
  return parseAllDocuments(text).flatMap(document => {
    if (document.errors?.length) throw new Error(`${origin}: ${document.errors[0].message}`);
    const value = document.toJS();
    if (value === null || value === undefined) return [];
    return value.kind === 'List' ? value.items : [value];
  });
}

export const keyOf = (m: Manifest): string =>
  [m.kind, m.metadata.namespace, m.metadata.name].filter(part => part !== undefined).join('/');

/** The group and kind, which is what a schema belongs to. */
export const kindOf = (m: Manifest): string => `${m.apiVersion} ${m.kind}`;

/** Every pod a manifest stands for, by its template. */
export function podTemplateOf(m: Manifest): any {
  if (m.kind === 'CronJob') return m.spec?.jobTemplate?.spec?.template;
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'].includes(m.kind) ? m.spec?.template : undefined;
}

/** What OpenShift makes of a template for new projects when a user asks for one; a project is a namespace to Kubernetes. */
export function templated(m: Manifest): Manifest[] {
  if (m.kind !== 'Template') return [];
  const made: Manifest[] = JSON.parse(JSON.stringify(m.objects).replace(/\$\{[A-Z_]+\}/g, 'requested'));
  return made.map(each => (each.kind === 'Project' ? { ...each, apiVersion: 'v1', kind: 'Namespace' } : each));
}

/**
 * The paths at which `got` lacks or changes something of `sent`. What the server adds does not count, nor does it that Kubernetes does not
 * store what says nothing (an empty list, zero, false) and writes quantities in its own way (2048Mi as 2Gi).
 */
export function lost(sent: any, got: any, path = ''): string[] {
  if (got === undefined && saysNothing(sent)) return [];
  if (Array.isArray(sent)) {
    if (!Array.isArray(got) || got.length !== sent.length) return [`${path}: ${sent.length} items were sent, ${got?.length ?? 'none'} came back`];
    return sent.flatMap((item, i) => lost(item, got[i], `${path}[${i}]`));
  }
  if (typeof sent === 'object' && sent !== null) {
    if (typeof got !== 'object' || got === null) return [`${path}: is gone`];
    return Object.keys(sent).flatMap(key => lost(sent[key], got[key], path === '' ? key : `${path}.${key}`));
  }
  return sent === got || sameQuantity(path, sent, got) ? [] : [`${path}: ${JSON.stringify(sent)} was sent, ${JSON.stringify(got)} came back`];
}

const saysNothing = (value: any): boolean =>
  value === null || value === undefined || value === 0 || value === false || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

const UNITS: Record<string, number> = {
  'n': 1e-9, 'u': 1e-6, 'm': 1e-3, '': 1, 'k': 1e3, 'M': 1e6, 'G': 1e9, 'T': 1e12, 'P': 1e15, 'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30, 'Ti': 2 ** 40, 'Pi': 2 ** 50,
};

function sameQuantity(path: string, sent: any, got: any): boolean {
  if (!/(resources|limits|requests|hard|sizeLimit|default|defaultRequest|max|min)\b/.test(path)) return false;
  const [a, b] = [quantity(sent), quantity(got)];
  return a !== undefined && b !== undefined && Math.abs(a - b) <= Math.abs(a) * 1e-9;
}

function quantity(value: any): number | undefined {
  const parts = /^(-?[0-9.]+)([A-Za-z]*)$/.exec(String(value));
  return parts && parts[2] in UNITS ? Number(parts[1]) * UNITS[parts[2]] : undefined;
}

function isFolderOrYaml(path: string): boolean {
  return statSync(path).isDirectory() || /\.(yaml|yml)$/.test(path);
}
