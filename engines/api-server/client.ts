/** Talks to the API server as an administrator, or as anybody it is told to stand for. */
import { readFileSync } from 'fs';
import { Agent, request } from 'https';
import { join } from 'path';
import { Manifest, keyOf } from '../lib/manifests';

export interface Answer {
  readonly status: number;
  readonly body: any;
  /** What the server warns of: Pod Security, deprecated versions, fields it does not know. */
  readonly warnings: readonly string[];
}

/** Who is stood for. */
export interface Identity {
  readonly user: string;
  readonly groups?: readonly string[];
}

export class Refusal extends Error {
  constructor(what: string, public readonly answer: Answer) {
    super(`${what}: ${answer.status} ${answer.body?.message ?? JSON.stringify(answer.body)}`);
  }
}

interface Resource {
  readonly name: string;
  readonly namespaced: boolean;
}

export class ApiClient {
  private readonly agent: Agent;
  /** Without a certificate of its own: nobody in particular. */
  private readonly stranger: Agent;
  private readonly resources = new Map<string, Promise<Map<string, Resource>>>();

  constructor(private readonly port: number, certificates: string) {
    const read = (name: string) => readFileSync(join(certificates, name));
    this.agent = new Agent({ keepAlive: true, maxSockets: 16, ca: read('ca.crt'), cert: read('admin.crt'), key: read('admin.key') });
    this.stranger = new Agent({ ca: read('ca.crt') });
  }

  public call(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    return this.send(this.agent, method, path, body, contentType);
  }

  /** As somebody else: the administrator stands for him, with his name and his groups. */
  public callAs(who: Identity, method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    return this.send(this.agent, method, path, body, contentType, { 'impersonate-user': who.user, 'impersonate-group': ['system:authenticated', ...who.groups ?? []] });
  }

  /** As somebody who shows no credentials. */
  public anonymously(method: string, path: string): Promise<Answer> {
    return this.send(this.stranger, method, path, undefined, '');
  }

  /** As whoever the token makes. */
  public withToken(method: string, path: string, token: string, body?: unknown): Promise<Answer> {
    return this.send(this.stranger, method, path, body, 'application/json', { authorization: `Bearer ${token}` });
  }

  private send(agent: Agent, method: string, path: string, body: unknown, contentType: string, more: Record<string, string | string[]> = {}): Promise<Answer> {
    const data = body === undefined ? undefined : JSON.stringify(body);
    const headers = { accept: 'application/json', ...more, ...data === undefined ? {} : { 'content-type': contentType } };
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port: this.port, path, method, agent, headers }, response => {
        let text = '';
        response.setEncoding('utf8').on('data', part => { text += part; }).on('end', () => {
          const isJson = response.headers['content-type']?.startsWith('application/json');
          resolve({ status: response.statusCode!, body: isJson ? JSON.parse(text) : text, warnings: warningsOf(response.rawHeaders) });
        });
      });
      call.on('error', reject);
      call.end(data);
    });
  }

  /** The answer's body, or a refusal. */
  public async demand(method: string, path: string, body?: unknown, contentType?: string): Promise<any> {
    const answer = await this.call(method, path, body, contentType);
    if (answer.status >= 300) throw new Refusal(`${method} ${path}`, answer);
    return answer.body;
  }

  /** Server-side apply with strict field validation: an unknown field is refused, not dropped. */
  public async apply(manifest: Manifest, options: { dryRun?: boolean; manager?: string } = {}): Promise<Answer> {
    const query = `?fieldManager=${options.manager ?? 'engines'}&fieldValidation=Strict&force=true${options.dryRun ? '&dryRun=All' : ''}`;
    return this.call('PATCH', `${await this.pathOf(manifest)}${query}`, manifest, 'application/apply-patch+yaml');
  }

  public async applied(manifest: Manifest): Promise<any> {
    const answer = await this.apply(manifest);
    if (answer.status >= 300) throw new Refusal(keyOf(manifest), answer);
    return answer.body;
  }

  /** Removes an object at once. No controller runs here, so a namespace is told by us that it is empty. */
  public async remove(manifest: Manifest): Promise<void> {
    const path = await this.pathOf(manifest);
    const answer = await this.call('DELETE', `${path}?gracePeriodSeconds=0&propagationPolicy=Background`);
    if (answer.status === 404) return;
    if (answer.status >= 300) throw new Refusal(`removing ${keyOf(manifest)}`, answer);
    if (manifest.kind === 'Namespace') {
      const finalized = await this.call('PUT', `${path}/finalize`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: manifest.metadata.name }, spec: { finalizers: [] } });
      if (finalized.status >= 300 && finalized.status !== 404) throw new Refusal(`finalizing ${keyOf(manifest)}`, finalized);
    }
  }

  /** Whether the server knows the kind at all. */
  public async serves(manifest: Manifest): Promise<boolean> {
    return (await this.resourcesOf(manifest.apiVersion)).has(manifest.kind);
  }

  public async isNamespaced(manifest: Manifest): Promise<boolean> {
    return (await this.resourceOf(manifest)).namespaced;
  }

  public async pathOf(manifest: Manifest): Promise<string> {
    return `${await this.collectionOf(manifest)}/${encodeURIComponent(manifest.metadata.name)}`;
  }

  /** Kinds that came since the last question are seen again. */
  public forgetKinds(): void {
    this.resources.clear();
  }

  public close(): void {
    this.agent.destroy();
    this.stranger.destroy();
  }

  private async collectionOf(manifest: Manifest): Promise<string> {
    const resource = await this.resourceOf(manifest);
    const namespace = resource.namespaced ? `/namespaces/${manifest.metadata.namespace ?? 'default'}` : '';
    return `${groupPath(manifest.apiVersion)}${namespace}/${resource.name}`;
  }

  private async resourceOf(manifest: Manifest): Promise<Resource> {
    const resource = (await this.resourcesOf(manifest.apiVersion)).get(manifest.kind);
    if (!resource) throw new Error(`${keyOf(manifest)}: the API server has no kind '${manifest.kind}' in ${manifest.apiVersion}`);
    return resource;
  }

  private resourcesOf(apiVersion: string): Promise<Map<string, Resource>> {
    const known = this.resources.get(apiVersion) ?? this.discover(apiVersion);
    this.resources.set(apiVersion, known);
    return known;
  }

  private async discover(apiVersion: string): Promise<Map<string, Resource>> {
    const answer = await this.call('GET', groupPath(apiVersion));
    if (answer.status === 404) return new Map();
    if (answer.status >= 300) throw new Refusal(apiVersion, answer);
    return new Map(answer.body.resources.filter((r: any) => !r.name.includes('/')).map((r: any) => [r.kind, r]));
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The texts of `Warning: 299 - "text"` headers. */
function warningsOf(rawHeaders: readonly string[]): string[] {
  const values = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === 'warning');
  return values.map(value => /^\d+ \S+ "(.*)"$/.exec(value)?.[1].replace(/\\(.)/g, '$1') ?? value);
}
