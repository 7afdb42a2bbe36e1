/**
 * What was written, as the controls of hardening guides look at it: objects by kind, the pods they make, and the API server's flags with
 * the files behind them. It knows nothing of who wrote them, or of providers.
 */
import { parseAllDocuments } from 'yaml';

/** Anything read, with what it is called in a report. */
export interface Read {
  /** `Kind namespace/name`, or the path of a file. */
  readonly ref: string;
  readonly json: any;
}

/** A pod, or what makes pods of one kind. */
export interface Pods {
  readonly ref: string;
  readonly namespace: string;
  readonly spec: any;
}

export class HardenedCluster {
  public static of(manifests: readonly any[], files: ReadonlyMap<string, string>): HardenedCluster {
    return new HardenedCluster(manifests, files);
  }

  /** The names of the namespaces that were written. */
  public readonly namespaces: readonly Read[];
  public readonly pods: readonly Pods[];
  private readonly kinds = new Map<string, Read[]>();
  private readonly files: readonly Read[];
  private readonly answers = new Map<unknown, unknown>();

  private constructor(manifests: readonly any[], private readonly texts: ReadonlyMap<string, string>) {
    for (const json of manifests) {
      const key = `${groupOf(json)} ${json.kind}`;
      const known = this.kinds.get(key) ?? [];
      known.push({ ref: refOf(json), json });
      this.kinds.set(key, known);
    }
    this.namespaces = this.objects('', 'Namespace');
    this.pods = MAKERS.flatMap(([group, kind, spec]) => this.objects(group, kind).map(({ ref, json }) =>
      ({ ref, namespace: json.metadata?.namespace ?? 'default', spec: spec(json) ?? {} })));
    this.files = [...texts].filter(([path]) => /\.ya?ml$/.test(path))
      .flatMap(([path, text]) => parseAllDocuments(text).map(document => ({ ref: path, json: document.toJS() ?? {} })));
  }

  public objects(group: string, kind: string): readonly Read[] {
    return this.kinds.get(`${group} ${kind}`) ?? [];
  }

  /** Every object that lives in a namespace, with that namespace. */
  public *namespaced(): Iterable<{ ref: string; namespace: string }> {
    for (const reads of this.kinds.values()) {
      for (const { ref, json } of reads) if (json.metadata?.namespace) yield { ref, namespace: json.metadata.namespace };
    }
  }

  /** The text of every file with this ending. */
  public textsOf(ending: string): readonly { ref: string; text: string }[] {
    return [...this.texts].filter(([path]) => path.endsWith(ending)).map(([ref, text]) => ({ ref, text }));
  }

  /** The file that hands flags to kube-apiserver, if one was written. */
  public get configuration(): Read | undefined {
    return this.files.find(({ json }) => groupOf(json) === 'kubeadm.k8s.io' && json.kind === 'ClusterConfiguration');
  }

  /** The value of a flag of kube-apiserver, the last one where it stands twice; undefined where it is left to others. */
  public flag(name: string): Read | undefined {
    const { ref, json } = this.configuration ?? {};
    const found = (json?.apiServer?.extraArgs ?? []).filter((arg: any) => arg.name === name).pop();
    return found && { ref: `${ref} (${name}=${shortened(String(found.value))})`, json: String(found.value) };
  }

  /** What kube-apiserver reads from disk by this flag: a file that was written, and that the flag names. */
  public fileBehind(flag: string): Read | undefined {
    const path = this.flag(flag)?.json;
    return path && this.files.find(({ ref }) => ref.endsWith(`/${path.split('/').pop()}`));
  }

  /** An answer that several controls ask for, found once. */
  public once<T>(question: (cluster: HardenedCluster) => T): T {
    if (!this.answers.has(question)) this.answers.set(question, question(this));
    return this.answers.get(question) as T;
  }
}

const MAKERS: readonly [string, string, (json: any) => any][] = [
  ['', 'Pod', json => json.spec],
  ['', 'ReplicationController', json => json.spec?.template?.spec],
  ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map((kind): [string, string, (json: any) => any] => ['apps', kind, json => json.spec?.template?.spec]),
  ['batch', 'CronJob', json => json.spec?.jobTemplate?.spec?.template?.spec],
  ['batch', 'Job', json => json.spec?.template?.spec],
];

function groupOf({ apiVersion }: any): string {
  const text = String(apiVersion ?? '');
  return text.includes('/') ? text.split('/')[0] : '';
}

function refOf({ kind, metadata = {} }: any): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
}

const shortened = (text: string) => (text.length > 40 ? `${text.slice(0, 37)}...` : text);
