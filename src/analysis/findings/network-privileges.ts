import { isSystem } from './_evidence';
import { POD_STANDARDS } from './_pages';
import { containersOf, listIn } from './_sources';
import { Check } from './finding';

const POWERS = ['ALL', 'BPF', 'NET_ADMIN', 'NET_RAW', 'SYS_ADMIN'];

export const NETWORK_PRIVILEGES: Check = {
  code: 'SN0504',
  name: 'network-privileges',
  level: 'warning',
  description: 'A container may change its network or forge packets',
  why: 'NET_RAW forges addresses, NET_ADMIN and privileged containers undo redirection and filters: what the policies rest on. CIS 5.2.8.',
  source: POD_STANDARDS,
  remedy: 'drop {what}; where a mesh needs it for its init container, use its CNI plugin instead',
  * find({ pods }) {
    for (const pod of pods) {
      if (isSystem(pod.namespace)) continue;
      for (const { json, field } of containersOf(pod)) {
        const { privileged, capabilities } = json.securityContext ?? {};
        const added = listIn(capabilities?.add).map(name => String(name).replace(/^CAP_/, '')).filter(name => POWERS.includes(name));
        if (privileged !== true && added.length === 0) continue;
        const what = privileged === true ? 'privileged: true' : added.join(', ');
        const path = `${field}.securityContext.${privileged === true ? 'privileged' : 'capabilities.add'}`;
        yield { object: pod.ref, path, message: `container '${json.name}' has ${what}`, words: { what } };
      }
    }
  },
};
