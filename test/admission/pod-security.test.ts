import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { describeViolation, PodSecurityLevel, podSecurityViolations } from '../../src/admission/pod-security';

const LATEST = 36;
const SOUND = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
/** A pod that every level admits, with one thing changed. */
const podWith = (spec: any = {}, container: any = {}, annotations?: Record<string, string>) => ({
  metadata: { annotations },
  spec: {
    containers: [{ name: 'main', image: 'x', securityContext: SOUND, ...container }],
    ...spec,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...spec.securityContext },
  },
});
const security = (securityContext: any) => podWith({}, { securityContext: { ...SOUND, ...securityContext } });
const podSecurity = (securityContext: any) => podWith({ securityContext });
const volume = (source: any) => podWith({ volumes: [{ name: 'v', ...source }] });
const found = (pod: any, level: PodSecurityLevel, minor = LATEST) => podSecurityViolations(pod, level, minor).map(({ path, value }) => `${path} = ${value}`);

interface Case {
  readonly control: string;
  readonly level: PodSecurityLevel;
  readonly good: any[];
  /** The pod and the field that is refused. */
  readonly bad: [any, string][];
}

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/main';
const probe = (host?: string) => ({ livenessProbe: { httpGet: { port: 80, host } }, lifecycle: { preStop: { tcpSocket: { port: 80, host } } } });

const GRID: Case[] = [
  {
    control: 'hostProcess',
    level: 'baseline',
    good: [security({ windowsOptions: {} }), podSecurity({ windowsOptions: { hostProcess: false } })],
    bad: [
      [security({ windowsOptions: { hostProcess: true } }), 'spec.containers[0].securityContext.windowsOptions.hostProcess = true'],
      [podSecurity({ windowsOptions: { hostProcess: true } }), 'spec.securityContext.windowsOptions.hostProcess = true'],
    ],
  },
  {
    control: 'hostNamespaces',
    level: 'baseline',
    good: [podWith({ hostNetwork: false, hostPID: false, hostIPC: false })],
    bad: ['hostNetwork', 'hostPID', 'hostIPC'].map((field): [any, string] => [podWith({ [field]: true }), `spec.${field} = true`]),
  },
  {
    control: 'privileged',
    level: 'baseline',
    good: [security({ privileged: false })],
    bad: [[security({ privileged: true }), 'spec.containers[0].securityContext.privileged = true']],
  },
  {
    control: 'capabilities',
    level: 'baseline',
    good: [security({ capabilities: { add: ['CHOWN', 'NET_BIND_SERVICE'] } })],
    bad: [[security({ capabilities: { add: ['CHOWN', 'NET_RAW'] } }), 'spec.containers[0].securityContext.capabilities.add = ["CHOWN","NET_RAW"]']],
  },
  {
    control: 'volumes',
    level: 'baseline',
    good: [volume({ nfs: { server: 's', path: '/' } })],
    bad: [[volume({ hostPath: { path: '/' } }), 'spec.volumes[0].hostPath = {"path":"/"}']],
  },
  {
    control: 'hostPorts',
    level: 'baseline',
    good: [podWith({}, { ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 0 }] })],
    bad: [[podWith({}, { ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 81 }] }), 'spec.containers[0].ports[1].hostPort = 81']],
  },
  {
    control: 'appArmor',
    level: 'baseline',
    good: [security({ appArmorProfile: { type: 'RuntimeDefault' } }), podSecurity({ appArmorProfile: { type: 'Localhost' } }), podWith({}, {}, { [APP_ARMOR]: 'localhost/x' })],
    bad: [
      [security({ appArmorProfile: { type: 'Unconfined' } }), 'spec.containers[0].securityContext.appArmorProfile.type = "Unconfined"'],
      [podSecurity({ appArmorProfile: { type: 'Unconfined' } }), 'spec.securityContext.appArmorProfile.type = "Unconfined"'],
      [podWith({}, {}, { [APP_ARMOR]: 'unconfined' }), `metadata.annotations['${APP_ARMOR}'] = "unconfined"`],
    ],
  },
  {
    control: 'seLinux',
    level: 'baseline',
    good: [security({ seLinuxOptions: { type: 'container_t', level: 's0' } }), podSecurity({ seLinuxOptions: {} })],
    bad: [
      [security({ seLinuxOptions: { type: 'spc_t' } }), 'spec.containers[0].securityContext.seLinuxOptions.type = "spc_t"'],
      [podSecurity({ seLinuxOptions: { user: 'u' } }), 'spec.securityContext.seLinuxOptions.user = "u"'],
      [podSecurity({ seLinuxOptions: { role: 'r' } }), 'spec.securityContext.seLinuxOptions.role = "r"'],
    ],
  },
  {
    control: 'procMount',
    level: 'baseline',
    good: [security({ procMount: 'Default' })],
    bad: [[security({ procMount: 'Unmasked' }), 'spec.containers[0].securityContext.procMount = "Unmasked"']],
  },
  {
    control: 'seccomp',
    level: 'baseline',
    good: [security({ seccompProfile: { type: 'Localhost' } }), podSecurity({ seccompProfile: undefined })],
    bad: [
      [security({ seccompProfile: { type: 'Unconfined' } }), 'spec.containers[0].securityContext.seccompProfile.type = "Unconfined"'],
      [podSecurity({ seccompProfile: { type: 'Unconfined' } }), 'spec.securityContext.seccompProfile.type = "Unconfined"'],
    ],
  },
  {
    control: 'sysctls',
    level: 'baseline',
    good: [podSecurity({ sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] })],
    bad: [[podSecurity({ sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }, { name: 'kernel.msgmax', value: '1' }] }), 'spec.securityContext.sysctls[1].name = "kernel.msgmax"']],
  },
  {
    control: 'probeHosts',
    level: 'baseline',
    good: [podWith({}, probe()), podWith({}, probe(''))],
    bad: [
      [podWith({}, { startupProbe: { tcpSocket: { port: 1, host: 'a' } } }), 'spec.containers[0].startupProbe.tcpSocket.host = "a"'],
      [podWith({}, { lifecycle: { postStart: { httpGet: { port: 1, host: 'a' } } } }), 'spec.containers[0].lifecycle.postStart.httpGet.host = "a"'],
    ],
  },
  {
    control: 'volumes',
    level: 'restricted',
    good: [volume({}), ...['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'].map(type => volume({ [type]: {} }))],
    bad: [[volume({ nfs: { server: 's' } }), 'spec.volumes[0].nfs = {"server":"s"}'], [volume({ hostPath: {} }), 'spec.volumes[0].hostPath = {}']],
  },
  {
    control: 'privilegeEscalation',
    level: 'restricted',
    good: [security({})],
    bad: [
      [security({ allowPrivilegeEscalation: true }), 'spec.containers[0].securityContext.allowPrivilegeEscalation = true'],
      [security({ allowPrivilegeEscalation: undefined }), 'spec.containers[0].securityContext.allowPrivilegeEscalation = nothing'],
    ],
  },
  {
    control: 'runAsNonRoot',
    level: 'restricted',
    good: [podWith({ securityContext: { runAsNonRoot: undefined } }, { securityContext: { ...SOUND, runAsNonRoot: true } })],
    bad: [
      [podSecurity({ runAsNonRoot: undefined }), 'spec.containers[0].securityContext.runAsNonRoot = nothing'],
      [security({ runAsNonRoot: false }), 'spec.containers[0].securityContext.runAsNonRoot = false'],
      [podWith({ securityContext: { runAsNonRoot: false } }, { securityContext: { ...SOUND, runAsNonRoot: true } }), 'spec.securityContext.runAsNonRoot = false'],
    ],
  },
  {
    control: 'runAsUser',
    level: 'restricted',
    good: [security({ runAsUser: 1 }), podSecurity({ runAsUser: 65532 })],
    bad: [[security({ runAsUser: 0 }), 'spec.containers[0].securityContext.runAsUser = 0'], [podSecurity({ runAsUser: 0 }), 'spec.securityContext.runAsUser = 0']],
  },
  {
    control: 'seccomp',
    level: 'restricted',
    good: [podWith({ securityContext: { seccompProfile: undefined } }, { securityContext: { ...SOUND, seccompProfile: { type: 'RuntimeDefault' } } })],
    bad: [
      [podSecurity({ seccompProfile: undefined }), 'spec.containers[0].securityContext.seccompProfile.type = nothing'],
      [security({ seccompProfile: { type: 'Unconfined' } }), 'spec.containers[0].securityContext.seccompProfile.type = "Unconfined"'],
      [podSecurity({ seccompProfile: { type: 'Unconfined' } }), 'spec.securityContext.seccompProfile.type = "Unconfined"'],
    ],
  },
  {
    control: 'capabilities',
    level: 'restricted',
    good: [security({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })],
    bad: [
      [security({ capabilities: undefined }), 'spec.containers[0].securityContext.capabilities.drop = nothing'],
      [security({ capabilities: { drop: ['NET_RAW'] } }), 'spec.containers[0].securityContext.capabilities.drop = ["NET_RAW"]'],
      [security({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }), 'spec.containers[0].securityContext.capabilities.add = ["CHOWN"]'],
    ],
  },
  {
    control: 'procMount',
    level: 'restricted',
    good: [podWith({ hostUsers: false }, { securityContext: { ...SOUND, procMount: 'Default' } })],
    bad: [[podWith({ hostUsers: false }, { securityContext: { ...SOUND, procMount: 'Unmasked' } }), 'spec.containers[0].securityContext.procMount = "Unmasked"']],
  },
];

describe('3. SecureWorkload: what Pod Security would reject is refused', () => {
  for (const { control, level, good, bad } of GRID) {
    test(`${level}: ${control}`, () => {
      for (const pod of good) expect(found(pod, level)).toEqual([]);
      for (const [pod, field] of bad) {
        expect(found(pod, level)).toEqual([field]);
        expect(podSecurityViolations(pod, level, LATEST)).toEqual([expect.objectContaining({ control, level })]);
        expect(found(pod, 'privileged')).toEqual([]);
      }
    });
  }

  test('every control has its case', () => {
    const everythingWrong = podWith({
      hostNetwork: true,
      volumes: [{ name: 'v', hostPath: {} }],
      securityContext: { windowsOptions: { hostProcess: true }, runAsNonRoot: false, runAsUser: 0, seLinuxOptions: { role: 'r' }, sysctls: [{ name: 'x' }] },
    }, { securityContext: { privileged: true, procMount: 'Unmasked', seccompProfile: {}, appArmorProfile: {} }, ports: [{ hostPort: 1 }], ...probe('a') });
    for (const level of ['baseline', 'restricted'] as const) {
      const refused = new Set(podSecurityViolations(everythingWrong, level, LATEST).map(violation => violation.control));
      const known = new Set(GRID.filter(({ level: of }) => of === level || level === 'restricted').map(({ control }) => control));
      // The pod adds no capability, which is all that baseline asks.
      expect([...refused].sort()).toEqual([...known].filter(control => level === 'restricted' || control !== 'capabilities').sort());
    }
  });

  test('what baseline refuses, restricted refuses', () => {
    for (const { bad, level } of GRID) if (level === 'baseline') for (const [pod] of bad) expect(found(pod, 'restricted')).not.toEqual([]);
  });

  test('init and ephemeral containers are judged like the others', () => {
    const pod = podWith({ initContainers: [{ name: 'init' }], ephemeralContainers: [{ name: 'debug', securityContext: { ...SOUND, privileged: true } }] });
    expect(found(pod, 'baseline')).toEqual(['spec.ephemeralContainers[0].securityContext.privileged = true']);
    expect(found(pod, 'restricted')).toEqual([
      'spec.ephemeralContainers[0].securityContext.privileged = true',
      'spec.initContainers[0].securityContext.allowPrivilegeEscalation = nothing',
      'spec.initContainers[0].securityContext.capabilities.drop = nothing',
    ]);
  });

  test('a control holds from its version on', () => {
    const from = (first: number, last = LATEST) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const since = (pod: any, level: PodSecurityLevel) => from(0).filter(minor => found(pod, level, minor).length > 0);
    expect(since(security({ capabilities: undefined }), 'restricted')).toEqual(from(22));
    expect(since(security({ capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }), 'restricted')).toEqual(from(0));
    expect(since(security({ allowPrivilegeEscalation: undefined }), 'restricted')).toEqual(from(8));
    expect(since(podSecurity({ seccompProfile: undefined }), 'restricted')).toEqual(from(19));
    expect(since(podSecurity({ runAsUser: 0 }), 'restricted')).toEqual(from(23));
    expect(since(podWith({}, {}, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' }), 'baseline')).toEqual(from(0, 18));
    expect(since(podWith({}, {}, { 'container.seccomp.security.alpha.kubernetes.io/main': 'unconfined' }), 'baseline')).toEqual(from(0, 18));
    expect(since(security({ seLinuxOptions: { type: 'container_engine_t' } }), 'baseline')).toEqual(from(0, 30));
    expect(since(podSecurity({ sysctls: [{ name: 'net.ipv4.ip_local_reserved_ports' }] }), 'baseline')).toEqual(from(0, 26));
    expect(since(podSecurity({ sysctls: [{ name: 'net.ipv4.tcp_keepalive_time' }] }), 'baseline')).toEqual(from(0, 28));
    expect(since(podSecurity({ sysctls: [{ name: 'net.ipv4.tcp_wmem' }] }), 'baseline')).toEqual(from(0, 31));
    expect(since(podWith({}, probe('a')), 'baseline')).toEqual(from(34));
  });

  test('windows pods are not asked for what windows does not have, from 1.25 on', () => {
    const bare = (os?: string) => ({ spec: { os: os && { name: os }, containers: [{ name: 'main' }], securityContext: { runAsNonRoot: true } } });
    expect(found(bare('windows'), 'restricted', 24)).toHaveLength(3);
    expect(found(bare('windows'), 'restricted', 25)).toEqual([]);
    expect(found(bare('linux'), 'restricted', 25)).toHaveLength(3);
    expect(found(bare(), 'restricted', 25)).toHaveLength(3);
    expect(found({ spec: { ...bare('windows').spec, securityContext: {} } }, 'restricted')).toEqual(['spec.containers[0].securityContext.runAsNonRoot = nothing']);
  });

  test('a pod with users of its own may be root in it, from 1.35 on', () => {
    const root = (hostUsers?: boolean) => podWith({ hostUsers, securityContext: { runAsNonRoot: false, runAsUser: 0 } });
    expect(found(root(false), 'restricted', 34)).toHaveLength(2);
    expect(found(root(false), 'restricted', 35)).toEqual([]);
    expect(found(root(true), 'restricted', 35)).toHaveLength(2);
    expect(found(root(), 'restricted', 35)).toHaveLength(2);
    const unmasked = (hostUsers: boolean) => podWith({ hostUsers }, { securityContext: { ...SOUND, procMount: 'Unmasked' } });
    expect(found(unmasked(false), 'baseline', 35)).toEqual([]);
    expect(found(unmasked(false), 'baseline', 34)).toHaveLength(1);
    expect(found(unmasked(true), 'baseline', 35)).toHaveLength(1);
  });

  test('absent, null and empty fields are no reason to fail', () => {
    const nulls = { containers: null, securityContext: null, volumes: null };
    const sparse = [{}, { spec: {} }, { spec: nulls }, { spec: { containers: [{}] }, metadata: {} }];
    for (const pod of sparse) {
      expect(found(pod, 'baseline')).toEqual([]);
    }
    expect(found(podWith({}, { securityContext: { ...SOUND, seccompProfile: null, privileged: null, procMount: null } }), 'restricted')).toEqual([]);
  });

  test('wrong questions are refused', () => {
    expect(() => podSecurityViolations({}, 'strict' as any, 31)).toThrow("pod security level 'strict' is unknown: write 'privileged', 'baseline' or 'restricted'");
    expect(() => podSecurityViolations({}, 'baseline', 1.31)).toThrow("kubernetes minor version '1.31' is not a whole number: write 31 for 1.31");
  });

  describe('cdk8s-plus-28', () => {
    const templateOf = (props: Partial<kplus.ContainerProps>) => {
      const chart = new Chart(new App(), 'chart');
      new kplus.Deployment(chart, 'web', { containers: [{ image: 'web', portNumber: 8080, ...props }] });
      return chart.toJson()[0].spec.template;
    };

    test('a Deployment with its defaults lacks the capability drop and the seccomp profile', () => {
      const violations = podSecurityViolations(templateOf({}), 'restricted', 31);
      expect(violations.map(describeViolation)).toEqual([
        "spec.containers[0].securityContext.seccompProfile.type is nothing: set it, or spec.securityContext.seccompProfile.type, to 'RuntimeDefault' or 'Localhost'" +
          ' (cdk8s-plus-28: securityContext: { seccompProfile: { type: SeccompProfileType.RUNTIME_DEFAULT } })',
        "spec.containers[0].securityContext.capabilities.drop is nothing: set it to ['ALL'] (cdk8s-plus-28: securityContext: { capabilities: { drop: [Capability.ALL] } })",
      ]);
      expect(podSecurityViolations(templateOf({}), 'baseline', 31)).toEqual([]);
    });

    test('what the remedies say is enough', () => {
      const securityContext = { seccompProfile: { type: kplus.SeccompProfileType.RUNTIME_DEFAULT }, capabilities: { drop: [kplus.Capability.ALL] } };
      expect(podSecurityViolations(templateOf({ securityContext }), 'restricted', 31)).toEqual([]);
    });
  });
});
