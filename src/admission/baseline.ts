/**
 * The controls of the Pod Security level `baseline`: what is known to open a way from a pod to its node.
 */
import { Check, contexts, Control, exceptOwnUsers, Finding, finding, isSet, list, quoted } from './pod-view';

const hostProcess: Check = pod => contexts(pod).filter(({ security }) => security.windowsOptions?.hostProcess === true)
  .map(({ path, security }) => finding(`${path}.windowsOptions.hostProcess`, security.windowsOptions.hostProcess, 'remove it or set it to false'));

const hostNamespaces: Check = pod => ['hostNetwork', 'hostPID', 'hostIPC'].filter(field => pod.spec[field] === true)
  .map(field => finding(`spec.${field}`, true, 'remove it or set it to false', field === 'hostNetwork' ? 'hostNetwork: false' : undefined));

const privileged: Check = pod => pod.containers.filter(({ security }) => security.privileged === true)
  .map(({ path }) => finding(`${path}.securityContext.privileged`, true, 'remove it or set it to false', 'securityContext: { privileged: false }'));

export const HARMLESS_CAPABILITIES = new Set([
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
]);

/** The capabilities a container adds beyond `allowed`. */
export function addedCapabilities(allowed: ReadonlySet<string>): Check {
  return pod => pod.containers.flatMap(({ path, security }) => {
    const added = list(security.capabilities?.add);
    const bad = added.filter(capability => !allowed.has(capability));
    return bad.length === 0 ? [] : [finding(`${path}.securityContext.capabilities.add`, added,
      `remove ${quoted(bad)}: only ${quoted([...allowed].sort())} may be added`, 'securityContext: { capabilities: { add: [...] } }')];
  });
}

export const VOLUME_FACTORIES = 'Volume.fromPersistentVolumeClaim(...), Volume.fromEmptyDir(...)';
const hostPathVolumes: Check = pod => list(pod.spec.volumes).flatMap((volume, i) => isSet(volume.hostPath)
  ? [finding(`spec.volumes[${i}].hostPath`, volume.hostPath, 'mount a claim, a ConfigMap, a Secret or an emptyDir instead', VOLUME_FACTORIES)]
  : []);

const hostPorts: Check = pod => pod.containers.flatMap(({ path, json }) => list(json.ports).flatMap((port, i) => port.hostPort
  ? [finding(`${path}.ports[${i}].hostPort`, port.hostPort, 'remove it: reach the pod through a Service', 'ports: [{ number: ... }]')]
  : []));

const APP_ARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';
const appArmor: Check = pod => [
  ...contexts(pod).filter(({ security }) => isSet(security.appArmorProfile) && !['RuntimeDefault', 'Localhost'].includes(security.appArmorProfile.type))
    .map(({ path, security }) => finding(`${path}.appArmorProfile.type`, security.appArmorProfile.type, "set it to 'RuntimeDefault' or 'Localhost'")),
  ...Object.entries(pod.annotations).filter(([key, value]) => key.startsWith(APP_ARMOR_ANNOTATION) && !/^($|runtime\/default$|localhost\/)/.test(value))
    .map(([key, value]) => finding(`metadata.annotations['${key}']`, value, "set it to 'runtime/default' or 'localhost/<profile>'")),
];

function seLinux(types: readonly string[]): Check {
  return pod => contexts(pod).flatMap(({ path, security }) => {
    const { type, user, role } = security.seLinuxOptions ?? {};
    return [
      ...(type && !types.includes(type) ? [finding(`${path}.seLinuxOptions.type`, type, `remove it or set it to one of ${quoted(types)}`)] : []),
      ...(user ? [finding(`${path}.seLinuxOptions.user`, user, 'remove it')] : []),
      ...(role ? [finding(`${path}.seLinuxOptions.role`, role, 'remove it')] : []),
    ];
  });
}
const SE_LINUX_TYPES = ['container_t', 'container_init_t', 'container_kvm_t'];

export const defaultProcMount: Check = pod => pod.containers.filter(({ security }) => isSet(security.procMount) && security.procMount !== 'Default')
  .map(({ path, security }) => finding(`${path}.securityContext.procMount`, security.procMount, "remove it or set it to 'Default'"));

const SECCOMP_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompAnnotations: Check = pod => [SECCOMP_ANNOTATION, ...pod.containers.map(({ name }) => `container.seccomp.security.alpha.kubernetes.io/${name}`)]
  .filter(key => key in pod.annotations && !/^(runtime\/default$|docker\/default$|localhost\/)/.test(pod.annotations[key]))
  .map(key => finding(`metadata.annotations['${key}']`, pod.annotations[key], "set it to 'runtime/default' or 'localhost/<profile>'"));

const confinesSystemCalls = (security: any) => ['RuntimeDefault', 'Localhost'].includes(security.seccompProfile?.type);

export const RUNTIME_DEFAULT = 'securityContext: { seccompProfile: { type: SeccompProfileType.RUNTIME_DEFAULT } }';

/** Profiles that are stated and confine nothing. */
export const badSeccompProfiles: Check = pod => contexts(pod)
  .filter(({ security }) => isSet(security.seccompProfile) && !confinesSystemCalls(security))
  .map(({ path, security }) => finding(`${path}.seccompProfile.type`, security.seccompProfile.type, "set it to 'RuntimeDefault' or 'Localhost'",
    path === 'spec.securityContext' ? undefined : RUNTIME_DEFAULT));

function sysctls(allowed: readonly string[]): Check {
  return pod => list(pod.security.sysctls).flatMap((sysctl, i) => allowed.includes(sysctl.name) ? []
    : [finding(`spec.securityContext.sysctls[${i}].name`, sysctl.name, `remove it: only ${quoted(allowed)} may be set`, 'securityContext: { sysctls: [...] }')]);
}
const SYSCTLS_1_0 = [
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ping_group_range', 'net.ipv4.tcp_syncookies',
];
const SYSCTLS_1_27 = [...SYSCTLS_1_0, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_1_29 = [
  ...SYSCTLS_1_27, 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_keepalive_time',
];
const SYSCTLS_1_32 = [...SYSCTLS_1_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

/** A probe or hook that names a host makes the kubelet, which no NetworkPolicy holds, ask that host. */
const probeHosts: Check = pod => pod.containers.flatMap(({ path, json }) => {
  const handlers = [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].map(field => ({ path: `${path}.${field}`, handler: json[field] })),
    ...['postStart', 'preStop'].map(field => ({ path: `${path}.lifecycle.${field}`, handler: json.lifecycle?.[field] })),
  ];
  return handlers.flatMap((at): Finding[] => ['httpGet', 'tcpSocket'].filter(action => at.handler?.[action]?.host)
    .map(action => finding(`${at.path}.${action}.host`, at.handler[action].host, 'remove it: the pod itself is asked then',
      "leave out the option 'host' of the Probe or Handler")));
});

const always = (name: string, check: Check): Control => ({ name, since: [{ minor: 0, check }] });

export const BASELINE: readonly Control[] = [
  always('hostProcess', hostProcess),
  always('hostNamespaces', hostNamespaces),
  always('privileged', privileged),
  always('capabilities', addedCapabilities(HARMLESS_CAPABILITIES)),
  always('volumes', hostPathVolumes),
  always('hostPorts', hostPorts),
  always('appArmor', appArmor),
  { name: 'seLinux', since: [{ minor: 0, check: seLinux(SE_LINUX_TYPES) }, { minor: 31, check: seLinux([...SE_LINUX_TYPES, 'container_engine_t']) }] },
  { name: 'procMount', since: [{ minor: 0, check: defaultProcMount }, { minor: 35, check: exceptOwnUsers(defaultProcMount) }] },
  { name: 'seccomp', since: [{ minor: 0, check: seccompAnnotations }, { minor: 19, check: badSeccompProfiles }] },
  {
    name: 'sysctls',
    since: [
      { minor: 0, check: sysctls(SYSCTLS_1_0) }, { minor: 27, check: sysctls(SYSCTLS_1_27) },
      { minor: 29, check: sysctls(SYSCTLS_1_29) }, { minor: 32, check: sysctls(SYSCTLS_1_32) },
    ],
  },
  { name: 'probeHosts', since: [{ minor: 34, check: probeHosts }] },
];
