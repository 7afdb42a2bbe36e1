import { isSystem, listed } from './_evidence';
import { SERVICE_ACCOUNTS } from './_pages';
import { PodSource } from './_sources';
import { Check } from './finding';
import { textOfWorkload } from '../pods';
import { ObjectRef } from '../rules';

export const SHARED_DEFAULT_TOKEN: Check = {
  code: 'SN0503',
  name: 'shared-default-token',
  level: 'warning',
  description: 'Workloads share the ServiceAccount `default`, and its token is mounted into all of them',
  why: 'They are one identity: what is granted to one is granted to all, a mesh cannot tell them apart, and the token of any of them speaks for the rest.',
  source: SERVICE_ACCOUNTS,
  remedy: 'give each workload a ServiceAccount of its own, and set automountServiceAccountToken: false where the API server is not called',
  * find(evidence) {
    const accounts = new Map(evidence.ofKind('/ServiceAccount').filter(({ ref }) => ref.name === 'default').map(source => [source.ref.namespace!, source]));
    const byNamespace = new Map<string, PodSource[]>();
    for (const pod of evidence.pods) {
      const account = pod.spec.serviceAccountName ?? pod.spec.serviceAccount ?? 'default';
      const mounted = pod.spec.automountServiceAccountToken ?? accounts.get(pod.namespace)?.json.automountServiceAccountToken ?? true;
      if (account !== 'default' || mounted !== true || isSystem(pod.namespace)) continue;
      const list = byNamespace.get(pod.namespace);
      if (list) list.push(pod); else byNamespace.set(pod.namespace, [pod]);
    }
    for (const [namespace, pods] of byNamespace) {
      if (pods.length < 2) continue;
      const names = listed(pods.map(({ ref }) => textOfWorkload({ namespace, name: ref.name, kind: ref.kind })));
      const ref: ObjectRef = accounts.get(namespace)?.ref ?? { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default', origin: pods[0].ref.origin };
      yield { object: ref, path: 'automountServiceAccountToken', message: `${names} all hold its token` };
    }
  },
};
