/**
 * The controls that the Pod Security level `restricted` adds to `baseline`: a container is no root, cannot become one, and keeps no power it
 * did not ask for.
 */
import { addedCapabilities, badSeccompProfiles, defaultProcMount, RUNTIME_DEFAULT, VOLUME_FACTORIES } from './baseline';
import { Check, contexts, Control, exceptOwnUsers, exceptWindows, finding, isSet, list, quoted } from './pod-view';

const VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];
const volumes: Check = pod => list(pod.spec.volumes).flatMap((volume, i) => {
  const sources = Object.keys(volume).filter(key => key !== 'name' && isSet(volume[key]));
  // A volume without a source becomes an emptyDir.
  if (sources.length === 0 || sources.some(source => VOLUMES.includes(source))) return [];
  return [finding(`spec.volumes[${i}].${sources[0]}`, volume[sources[0]], `use one of ${quoted(VOLUMES)}`, VOLUME_FACTORIES)];
});

const privilegeEscalation: Check = pod => pod.containers.filter(({ security }) => security.allowPrivilegeEscalation !== false)
  .map(({ path, security }) => finding(`${path}.securityContext.allowPrivilegeEscalation`, security.allowPrivilegeEscalation, 'set it to false',
    'securityContext: { allowPrivilegeEscalation: false }'));

const NON_ROOT = 'securityContext: { ensureNonRoot: true }';
const runAsNonRoot: Check = pod => {
  const stated = contexts(pod).filter(({ security }) => security.runAsNonRoot === false)
    .map(({ path }) => finding(`${path}.runAsNonRoot`, false, 'set it to true', NON_ROOT));
  const silent = isSet(pod.security.runAsNonRoot) ? [] : pod.containers.filter(({ security }) => !isSet(security.runAsNonRoot))
    .map(({ path }) => finding(`${path}.securityContext.runAsNonRoot`, undefined, 'set it, or spec.securityContext.runAsNonRoot, to true', NON_ROOT));
  return [...stated, ...silent];
};

const runAsUser: Check = pod => contexts(pod).filter(({ security }) => security.runAsUser === 0)
  .map(({ path }) => finding(`${path}.runAsUser`, 0, 'remove it or set it to another number', 'securityContext: { user: 65532 }'));

const seccomp: Check = pod => {
  const silent = isSet(pod.security.seccompProfile) ? [] : pod.containers.filter(({ security }) => !isSet(security.seccompProfile))
    .map(({ path }) => finding(`${path}.securityContext.seccompProfile.type`, undefined,
      "set it, or spec.securityContext.seccompProfile.type, to 'RuntimeDefault' or 'Localhost'", RUNTIME_DEFAULT));
  return [...badSeccompProfiles(pod), ...silent];
};

const addsTooMuch = addedCapabilities(new Set(['NET_BIND_SERVICE']));
const capabilities: Check = pod => [
  ...pod.containers.filter(({ security }) => !list(security.capabilities?.drop).includes('ALL'))
    .map(({ path, security }) => finding(`${path}.securityContext.capabilities.drop`, security.capabilities?.drop, "set it to ['ALL']",
      'securityContext: { capabilities: { drop: [Capability.ALL] } }')),
  ...addsTooMuch(pod),
];

/** Where a pod's OS is stated, from 1.25 on, what Windows does not have is not asked of it. */
const WINDOWS_STATED = 25;
/** From here on a pod with a user namespace of its own may be root in it. */
const OWN_USERS = 35;
const until = (check: Check, from: number, minor: number, relaxed: (check: Check) => Check) =>
  [{ minor: from, check }, { minor, check: relaxed(check) }];

export const RESTRICTED: readonly Control[] = [
  { name: 'volumes', since: [{ minor: 0, check: volumes }] },
  { name: 'privilegeEscalation', since: until(privilegeEscalation, 8, WINDOWS_STATED, exceptWindows) },
  { name: 'runAsNonRoot', since: until(runAsNonRoot, 0, OWN_USERS, exceptOwnUsers) },
  { name: 'runAsUser', since: until(runAsUser, 23, OWN_USERS, exceptOwnUsers) },
  { name: 'seccomp', since: until(seccomp, 19, WINDOWS_STATED, exceptWindows) },
  { name: 'capabilities', since: until(capabilities, 22, WINDOWS_STATED, exceptWindows) },
  { name: 'procMount', since: [{ minor: 35, check: defaultProcMount }] },
];
