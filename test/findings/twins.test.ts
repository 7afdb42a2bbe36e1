/**
 * The conditions of the checks, each by a pair that differs in it alone: what is found, and what is left alone.
 */
import { ClusterFacts } from '../../src/analysis/facts';
import { findingsOf } from '../../src/analysis/findings/findings';
import { ClusterModel } from '../../src/analysis/model';
import { AssumedPeer } from '../../src/analysis/pods';
import { Reachability } from '../../src/analysis/reachability';

const NAME = 'kubernetes.io/metadata.name';
const named = (...names: string[]) => ({ matchExpressions: [{ key: NAME, operator: 'In', values: names }] });
const app = (name: string) => ({ matchLabels: { app: name } });

const policy = (spec: any, namespace = 'shop', name = 'policy') =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec: { podSelector: app('api'), ...spec } });
const ingress = (rule: any, namespace?: string, name?: string) => policy({ policyTypes: ['Ingress'], ingress: [rule] }, namespace, name);
const egress = (...rules: any[]) => policy({ policyTypes: ['Egress'], egress: rules });
const from = (peer: any) => ingress({ from: [peer], ports: [{ port: 8080 }] });
const to = (ipBlock: any, ports: any[] = [{ port: 443 }]) => egress({ to: [{ ipBlock }], ports });
const closed = (namespace = 'shop') => policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, namespace, 'default-deny');

const pods = (name: string, namespace = 'shop', spec: any = {}, container: any = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: { template: { metadata: { labels: { app: name } }, spec: { serviceAccountName: name, ...spec, containers: [{ name: 'main', ...container }] } } },
});
const service = (spec: any, namespace = 'shop') => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'api', namespace }, spec: { selector: { app: 'api' }, ...spec } });
const balancer = (spec: any = {}) => service({ type: 'LoadBalancer', ports: [{ port: 443, targetPort: 8443 }], ...spec });
const entrance = (spec: any, annotations = {}) =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'shop', namespace: 'shop', annotations }, spec });
const rule = (host?: string) => ({ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'api', port: { number: 80 } } } }] } });
const namespace = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const admin = (priority: number, ...rules: any[]) => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind: 'AdminNetworkPolicy',
  metadata: { name: `admin-${priority}` },
  spec: { priority, subject: { namespaces: { matchLabels: { [NAME]: 'shop' } } }, ingress: rules },
});
const baseline = (action: string) => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind: 'BaselineAdminNetworkPolicy',
  metadata: { name: 'default' },
  spec: { subject: { namespaces: {} }, ingress: [{ action, from: [{ namespaces: {} }] }] },
});
const networks = (action: string, cidr: string) => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha2',
  kind: 'ClusterNetworkPolicy',
  metadata: { name: 'networks' },
  spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} }, egress: [{ action, to: [{ networks: [cidr] }] }] },
});
const ADMIN_EGRESS = { ...admin(1), spec: { ...admin(1).spec, ingress: [], egress: [{ action: 'Allow', to: [{ networks: ['203.0.113.0/24'] }], ports: [{ portNumber: { port: 443 } }] }] } };
const NO_APP = { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] };
const DNS = { to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }], ports: [{ protocol: 'UDP', port: 53 }] };
const TCP_DNS = { ...DNS, ports: [{ port: 53 }] };

/** What is found, what is left alone, and what is the difference. */
const TWINS: Record<string, [difference: string, found: any[], left: any[], facts?: ClusterFacts][]> = {
  SN0101: [['egress rules speak for themselves only as long as they are there',
    [policy({ egress: [DNS, TCP_DNS] })], [policy({ policyTypes: ['Egress'], egress: [DNS, TCP_DNS] })]]],
  SN0102: [['ingress is meant where types are missing', [policy({ policyTypes: ['Egress'], ingress: [] })], [policy({ ingress: [] })]]],
  SN0107: [
    ['only where one has the namespaces and the other the pods', [ingress({ from: [{ namespaceSelector: named('web') }, { podSelector: app('x') }] })],
      [ingress({ from: [{ podSelector: app('y') }, { podSelector: app('x') }, { namespaceSelector: named('web') }, { namespaceSelector: named('api'), podSelector: app('x') }] })]],
    ['an empty podSelector is all of this namespace, and meant', [ingress({ from: [{ namespaceSelector: named('web') }, { podSelector: app('x') }] })],
      [ingress({ from: [{ namespaceSelector: named('web') }, { podSelector: {} }] })]],
    ['pods of this namespace with that label are meant',
      [pods('api'), ingress({ from: [{ namespaceSelector: named('web') }, { podSelector: app('frontend') }] })],
      [pods('api'), pods('frontend'), ingress({ from: [{ namespaceSelector: named('web') }, { podSelector: app('frontend') }] })]],
  ],
  SN0201: [
    ['what nothing can satisfy is a finding of its own', [pods('cart'), ingress({})],
      [pods('cart'), policy({ podSelector: { ...app('a'), matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } })]],
    ['nothing is said of a namespace without pods', [pods('cart'), ingress({})], [pods('cart', 'stock'), ingress({})]],
  ],
  SN0202: [
    ['the chosen namespace is shown', [pods('api', 'web'), from({ namespaceSelector: named('web'), podSelector: app('x') })],
      [pods('api'), from({ namespaceSelector: named('web'), podSelector: app('x') })]],
    ['every namespace may be one that is not shown',
      [pods('api'), from({ podSelector: app('x') })], [pods('api'), from({ namespaceSelector: {}, podSelector: app('x') })]],
  ],
  SN0204: [
    ['the protocol is part of the name',
      [pods('api', 'shop', {}, { ports: [{ name: 'dns', containerPort: 53 }] }), ingress({ ports: [{ port: 'dns', protocol: 'UDP' }] })],
      [pods('api', 'shop', {}, { ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }] }), ingress({ ports: [{ port: 'dns', protocol: 'UDP' }] })]],
    ['of egress, the peers declare it', [pods('cart'), egress({ to: [{ podSelector: app('cart') }], ports: [{ port: 'redis' }] })],
      [pods('cart', 'shop', {}, { ports: [{ name: 'redis', containerPort: 6379 }] }), egress({ to: [{ podSelector: app('cart') }], ports: [{ port: 'redis' }] })]],
  ],
  SN0205: [
    ['a label beside the name does not matter',
      [from({ namespaceSelector: { matchLabels: { team: 'a' } } })], [from({ namespaceSelector: { matchLabels: { team: 'a', [NAME]: 'web' } } })]],
    ["OpenShift's own labels are its administrators'", [from({ namespaceSelector: { matchLabels: { ingress: '' } } })],
      [from({ namespaceSelector: { matchLabels: { 'policy-group.network.openshift.io/ingress': '' } } })]],
    ['a denial widens nothing', [admin(1, { action: 'Allow', from: [{ namespaces: { matchLabels: { team: 'a' } } }] })],
      [admin(1, { action: 'Deny', from: [{ namespaces: { matchLabels: { team: 'a' } } }] })]],
  ],
  SN0206: [['a denial widens nothing',
    [admin(1, { action: 'Allow', from: [{ namespaces: NO_APP }] })], [admin(1, { action: 'Deny', from: [{ namespaces: NO_APP }] })]],
  ['a label that has to be there', [from({ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] } })],
    [from({ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } })]]],
  SN0207: [['a denial widens nothing', [admin(1, { action: 'Allow', from: [{ pods: { namespaceSelector: {}, podSelector: NO_APP } }] })],
    [admin(1, { action: 'Deny', from: [{ pods: { namespaceSelector: {}, podSelector: NO_APP } }] })]]],
  SN0208: [
    ['a range may be meant', [pods('api'), service({ ports: [{ port: 80, targetPort: 8080 }] }), ingress({ ports: [{ port: 80 }] })],
      [pods('api'), service({ ports: [{ port: 80, targetPort: 8080 }] }), ingress({ ports: [{ port: 80, endPort: 90 }] })]],
    ['another port is no port of the Service', [pods('api'), service({ ports: [{ port: 80, targetPort: 8080 }] }), ingress({ ports: [{ port: 80 }] })],
      [pods('api'), service({ ports: [{ port: 80, targetPort: 8080 }] }), ingress({ ports: [{ port: 9090 }] })]],
    ['a pod may listen on that port too',
      [pods('api', 'shop', {}, { ports: [{ containerPort: 8080 }] }), service({ ports: [{ port: 80, targetPort: 8080 }] }), ingress({ ports: [{ port: 80 }] })],
      [pods('api', 'shop', {}, { ports: [{ containerPort: 80 }] }), service({ ports: [{ port: 80, targetPort: 8080 }] }), ingress({ ports: [{ port: 80 }] })]],
    ['of egress, the port is that of the peers',
      [pods('api'), service({ ports: [{ port: 80, targetPort: 8080 }] }), egress({ to: [{ podSelector: app('api') }], ports: [{ port: 80 }] })],
      [pods('api'), service({ ports: [{ port: 80 }] }), egress({ to: [{ podSelector: app('api') }], ports: [{ port: 80 }] })]],
    ['another port of the Service leads there', [pods('api'), service({ ports: [{ port: 80, targetPort: 8080 }] }), ingress({ ports: [{ port: 80 }] })],
      [pods('api'), service({ ports: [{ port: 80, targetPort: 8080 }, { port: 81, targetPort: 80 }] }), ingress({ ports: [{ port: 80 }] })]],
  ],
  SN0301: [
    ['namespaces of the cluster are its own', [pods('api')], [pods('api', 'kube-system')]],
    ['a tier may close it', [pods('api')], [pods('api'), baseline('Deny'), policy({ podSelector: {}, policyTypes: ['Egress'] })]],
    ["pods on their node's network cannot be held", [pods('api')], [pods('api', 'shop', { hostNetwork: true })]],
  ],
  SN0304: [['every pod', [pods('api'), policy({ policyTypes: ['Ingress', 'Egress'] })], [pods('api'), closed()]]],
  SN0305: [
    ['many ranges of one company are no internet', [from({ ipBlock: { cidr: '0.0.0.0/1' } })], [from({ ipBlock: { cidr: '9.0.0.0/8' } })]],
    ['all private ranges are no internet', [from({ ipBlock: { cidr: '8.0.0.0/5' } })], [from({ ipBlock: { cidr: '10.0.0.0/8' } })]],
    ['IPv6', [from({ ipBlock: { cidr: '::/0' } })], [from({ ipBlock: { cidr: '2001:db8::/32' } })]],
  ],
  SN0306: [['egress is another finding', [ingress({})], [egress({})]]],
  SN0308: [
    ['one port is no opening of all', [egress({ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }], ports: [{ protocol: 'UDP' }] })],
      [to({ cidr: '0.0.0.0/0' }, [{ port: 443, protocol: 'UDP' }])]],
    ['one range is not the internet', [egress({ to: [{ ipBlock: { cidr: '128.0.0.0/1' } }] })], [egress({ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] })]],
    ['pods are not addresses', [egress({})], [egress({ to: [{ podSelector: {} }] })]],
  ],
  SN0309: [
    ['of two that allow everything, neither voids the other',
      [ingress({ ports: [{ port: 80 }] }), ingress({}, 'shop', 'open')], [ingress({}), ingress({}, 'shop', 'open')]],
    ['the broader policy is about the same pods', [ingress({ ports: [{ port: 80 }] }), ingress({}, 'shop', 'open')],
      [ingress({ ports: [{ port: 80 }] }), policy({ podSelector: app('cart'), policyTypes: ['Ingress'], ingress: [{}] }, 'shop', 'open')]],
    ['the broader policy is about the same direction', [ingress({ ports: [{ port: 80 }] }), ingress({}, 'shop', 'open')],
      [ingress({ ports: [{ port: 80 }] }), policy({ policyTypes: ['Egress'], egress: [{}] }, 'shop', 'open')]],
    ['it opens every pod that the policy is about', [pods('api'), policy({ podSelector: {}, policyTypes: ['Ingress'] }), ingress({}, 'shop', 'open')],
      [pods('api'), pods('cart'), policy({ podSelector: {}, policyTypes: ['Ingress'] }), ingress({}, 'shop', 'open')]],
  ],
  SN0310: [
    ['a narrower range is part of it', [egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }, { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] })],
      [egress({ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }, { to: [{ ipBlock: { cidr: '11.1.0.0/16' } }] })]],
    ['other ports are not',
      [ingress({ from: [{ podSelector: app('x') }], ports: [{ port: 'http' }] }, 'shop', 'a'), ingress({ from: [{ podSelector: {} }], ports: [{ port: 'http' }] }, 'shop', 'b')],
      [ingress({ from: [{ podSelector: app('x') }], ports: [{ port: 'web' }] }, 'shop', 'a'), ingress({ from: [{ podSelector: {} }], ports: [{ port: 'http' }] }, 'shop', 'b')]],
    ['a namespace by name is one of those with its label',
      [namespace('web', { team: 'a' }), egress({ to: [{ namespaceSelector: { matchLabels: { team: 'a', [NAME]: 'web' } } }] }, { to: [{ namespaceSelector: named('web', 'api') }] })],
      [namespace('web', { team: 'a' }), egress({ to: [{ namespaceSelector: { matchLabels: { team: 'a' } } }] }, { to: [{ namespaceSelector: named('web', 'api') }] })]],
  ],
  SN0311: [
    ['the earlier rule is about all the ports',
      [admin(1, { action: 'Allow', from: [{ namespaces: {} }], ports: [{ portRange: { start: 1, end: 90 } }] }, { action: 'Deny', from: [{ namespaces: {} }], ports: [{ portNumber: { port: 80 } }] })],
      [admin(1, { action: 'Allow', from: [{ namespaces: {} }], ports: [{ portRange: { start: 1, end: 70 } }] }, { action: 'Deny', from: [{ namespaces: {} }], ports: [{ portNumber: { port: 80 } }] })]],
    ['the lower priority number comes first',
      [admin(1, { action: 'Pass', from: [{ namespaces: {} }] }), admin(2, { action: 'Deny', from: [{ namespaces: named('x') }] })],
      [admin(3, { action: 'Pass', from: [{ namespaces: {} }] }), admin(2, { action: 'Deny', from: [{ namespaces: named('x') }] })]],
  ],
  SN0312: [
    ['a part of the exception may be meant',
      [egress({ to: [{ ipBlock: { cidr: '9.0.0.0/8', except: ['9.1.0.0/16'] } }, { ipBlock: { cidr: '9.1.0.0/16' } }] })],
      [egress({ to: [{ ipBlock: { cidr: '9.0.0.0/8', except: ['9.1.0.0/16'] } }, { ipBlock: { cidr: '9.1.1.0/24' } }] })]],
    ['the ports meet', [egress({ to: [{ ipBlock: { cidr: '9.0.0.0/8', except: ['9.1.0.0/16'] } }], ports: [{ port: 443 }] }, { ports: [{ port: 443 }] })],
      [egress({ to: [{ ipBlock: { cidr: '9.0.0.0/8', except: ['9.1.0.0/16'] } }], ports: [{ port: 443 }] }, { ports: [{ port: 80 }] })]],
  ],
  SN0401: [
    ['a tier that allows one thing closes nothing', [pods('api'), ADMIN_EGRESS, policy({ policyTypes: ['Egress'] })], [pods('api'), ADMIN_EGRESS]],
    ['a pod that may connect to nobody needs no names', [pods('api'), to({ cidr: '203.0.113.0/24' })], [pods('api'), policy({ policyTypes: ['Egress'] })]],
    ['a pod whose egress is open', [pods('api'), to({ cidr: '203.0.113.0/24' })], [pods('cart'), to({ cidr: '203.0.113.0/24' })]],
    ['a pod with a resolver of its own',
      [pods('api'), to({ cidr: '203.0.113.0/24' })], [pods('api', 'shop', { dnsPolicy: 'None' }), to({ cidr: '203.0.113.0/24' })]],
    ["OpenShift's port", [pods('api'), to({ cidr: '203.0.113.0/24' })], [pods('api'), egress({ ports: [{ port: 5353, protocol: 'UDP' }] })]],
    ['the name of a port',
      [pods('api'), egress({ ports: [{ port: 'http', protocol: 'UDP' }] })], [pods('api'), egress({ ports: [{ port: 'dns', protocol: 'UDP' }] })]],
  ],
  SN0402: [
    ['the same rule allows TCP', [egress(DNS)], [egress({ ...DNS, ports: [...DNS.ports, ...TCP_DNS.ports] })]],
    ['another rule allows TCP', [egress(DNS)], [egress(DNS, TCP_DNS)]],
    ['to the same peers', [egress(DNS, { ...TCP_DNS, to: [{ podSelector: {} }] })], [egress(DNS, { ports: [{ port: 53 }] })]],
    ['all of UDP is no DNS', [egress(DNS)], [egress({ ports: [{ protocol: 'UDP' }] })]],
  ],
  SN0403: [
    ['link-local addresses are no accident', [to({ cidr: '168.0.0.0/6' }, [{ port: 80 }])], [to({ cidr: '169.254.169.254/32' }, [{ port: 80 }])]],
    ['it answers on port 80', [to({ cidr: '0.0.0.0/0' }, [{ port: 80 }])], [to({ cidr: '0.0.0.0/0' }, [{ port: 443 }])]],
    ['IPv6', [to({ cidr: 'fc00::/7' }, [{ port: 80 }])], [to({ cidr: 'fc00::/7', except: ['fd00:ec2::254/128'] }, [{ port: 80 }])]],
  ],
  SN0404: [
    ['a wide range is not about Services',
      [service({ clusterIP: '10.96.0.7' }), to({ cidr: '10.96.0.0/16' })], [service({ clusterIP: '10.96.0.7' }), to({ cidr: '10.0.0.0/8' })]],
    ['the range of Services is a fact', [to({ cidr: '10.96.4.0/24' })], [to({ cidr: '10.97.4.0/24' })], { serviceCidrs: ['10.96.0.0/16'] }],
    ['a headless Service has no address',
      [service({ clusterIP: '10.96.0.7' }), to({ cidr: '10.96.0.7/32' })], [service({ clusterIP: 'None' }), to({ cidr: '10.96.0.7/32' })]],
  ],
  SN0405: [['the range of pods is a fact', [to({ cidr: '10.244.4.0/24' })], [to({ cidr: '10.245.4.0/24' })], { podCidrs: ['10.244.0.0/16'] }]],
  SN0406: [['an exception too', [to({ cidr: '9.0.0.0/8', except: ['9.1.2.3/16'] })], [to({ cidr: '9.0.0.0/8', except: ['9.1.0.0/16'] })]]],
  SN0501: [['namespaces of the cluster are its own', [pods('api', 'shop', { hostNetwork: true })], [pods('api', 'kube-system', { hostNetwork: true })]]],
  SN0502: [["on the node's network it is the port of the pod", [pods('api', 'shop', {}, { ports: [{ containerPort: 1, hostPort: 1 }] })],
    [pods('api', 'shop', { hostNetwork: true }, { ports: [{ containerPort: 1, hostPort: 1 }] })]]],
  SN0503: [
    ['one workload shares with nobody', [pods('a', 'shop', { serviceAccountName: undefined }), pods('b', 'shop', { serviceAccountName: 'default' })],
      [pods('a', 'shop', { serviceAccountName: undefined }), pods('b')]],
    ['the account may keep its token', [pods('a', 'shop', { serviceAccountName: undefined }), pods('b', 'shop', { serviceAccountName: undefined })],
      [pods('a', 'shop', { serviceAccountName: undefined }), pods('b', 'shop', { serviceAccountName: undefined }),
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' }, automountServiceAccountToken: false }]],
    ['so may each pod', [pods('a', 'shop', { serviceAccountName: undefined }), pods('b', 'shop', { serviceAccountName: undefined })],
      [pods('a', 'shop', { serviceAccountName: undefined, automountServiceAccountToken: false }), pods('b', 'shop', { serviceAccountName: undefined })]],
  ],
  SN0504: [
    ['privileged', [pods('a', 'shop', {}, { securityContext: { privileged: true } })], [pods('a', 'shop', {}, { securityContext: { privileged: false } })]],
    ['of the network',
      [pods('a', 'shop', {}, { securityContext: { capabilities: { add: ['CAP_NET_ADMIN'] } } })],
      [pods('a', 'shop', {}, { securityContext: { capabilities: { add: ['CHOWN'] } } })]],
  ],
  SN0506: [['a namespace without policies keeps nobody out anyway', [namespace('shop', { 'pod-security.kubernetes.io/enforce': 'privileged' }), closed()],
    [namespace('shop', { 'pod-security.kubernetes.io/enforce': 'privileged' })]]],
  SN0601: [
    ['only from outside', [pods('api'), balancer({ type: 'NodePort' })], [pods('api'), balancer({ type: 'ClusterIP' })]],
    ['only to open pods', [pods('api'), balancer()], [pods('api'), balancer(), closed()]],
  ],
  SN0602: [
    ['the policy is about the pods behind it', [pods('api'), balancer(), from({ ipBlock: { cidr: '203.0.113.0/24' } })],
      [pods('api'), pods('cart'), balancer({ selector: { app: 'cart' } }), from({ ipBlock: { cidr: '203.0.113.0/24' } })]],
    ['everybody has an address of everybody',
      [pods('api'), balancer(), from({ ipBlock: { cidr: '203.0.113.0/24' } })], [pods('api'), balancer(), from({ ipBlock: { cidr: '0.0.0.0/0' } })]],
  ],
  SN0604: [['a Service without selector has its endpoints from elsewhere', [pods('cart'), service({})], [pods('cart'), service({ selector: undefined })]],
    ['nothing is said of a namespace without pods', [pods('cart'), service({})], [pods('cart', 'stock'), service({})]]],
  SN0605: [['Routes too',
    [pods('api'), service({}), { apiVersion: 'route.openshift.io/v1', kind: 'Route', metadata: { name: 'r', namespace: 'shop' }, spec: { to: { name: 'api' } } }],
    [pods('api'), service({}), closed(), { apiVersion: 'route.openshift.io/v1', kind: 'Route', metadata: { name: 'r', namespace: 'shop' }, spec: { to: { name: 'api' } } }]]],
  SN0606: [
    ['a wildcard covers one label',
      [entrance({ tls: [{ hosts: ['*.example'] }], rules: [rule('a.shop.example')] })],
      [entrance({ tls: [{ hosts: ['*.example'] }], rules: [rule('shop.example')] })]],
    ['some controllers take the certificate from an annotation', [entrance({ rules: [rule('shop.example')] })],
      [entrance({ rules: [rule('shop.example')] }, { 'alb.ingress.kubernetes.io/certificate-arn': 'arn' })]],
    ['a default backend',
      [entrance({ defaultBackend: { service: { name: 'api' } } })], [entrance({ tls: [{ secretName: 'a' }], defaultBackend: { service: { name: 'api' } } })]],
  ],
  SN0608: [['none at all', [{ apiVersion: 'route.openshift.io/v1', kind: 'Route', metadata: { name: 'r', namespace: 'shop' }, spec: { to: { name: 'x' } } }],
    [{ apiVersion: 'route.openshift.io/v1', kind: 'Route', metadata: { name: 'r', namespace: 'shop' }, spec: { to: { name: 'x' }, tls: { termination: 'passthrough' } } }]]],
  SN0701: [['some ports are not everything',
    [admin(1, { action: 'Allow', from: [{ namespaces: {} }] })],
    [admin(1, { action: 'Allow', from: [{ namespaces: {} }], ports: [{ portNumber: { port: 80 } }] })]]],
  SN0702: [
    ['what is passed on is decided elsewhere', [networks('Accept', '0.0.0.0/0')], [networks('Pass', '0.0.0.0/0')]],
    ['a range outside is not of pods', [networks('Deny', '0.0.0.0/0')], [networks('Deny', '203.0.113.0/24')]],
  ],
  SN0703: [
    ['the baseline allows', [pods('api'), closed(), baseline('Deny')], [pods('api'), closed(), baseline('Allow')]],
    ['one pod is left to it', [pods('api'), closed(), baseline('Deny')], [pods('api'), pods('api', 'web'), closed(), baseline('Deny')]],
    ['no pod is shown', [pods('api'), closed(), baseline('Deny')], [closed(), baseline('Deny')]],
    ['the admin tier is asked before',
      [pods('api'), closed(), baseline('Deny')], [pods('api'), closed(), admin(1, { action: 'Deny', from: [{ namespaces: {} }] })]],
  ],
};

describe('2. check: each finding beside what it leaves alone', () => {
  const pairs = Object.entries(TWINS).flatMap(([code, twins]) => twins.map(([difference, found, left, facts]) => ({ code, difference, found, left, facts })));

  test.each(pairs)('$code: $difference', ({ code, found, left, facts }) => {
    expect(codesOf(found, facts)).toContain(code);
    expect(codesOf(left, facts)).not.toContain(code);
  });
});

describe('2. check: peers without manifests', () => {
  const onHost = { namespace: 'shop', name: 'agent', labels: {}, hostNetwork: true };
  const codesWith = (...assumed: AssumedPeer[]) => findingsOf(Reachability.of(ClusterModel.of([], { assumed }))).map(({ code }) => code);

  test('are judged where they are our own', () => {
    expect(codesWith(onHost)).toContain('SN0501');
    expect(codesWith({ ...onHost, hostNetwork: false })).toContain('SN0301');
  });

  test.each<[string, Partial<AssumedPeer>]>([['of others', { foreign: true }], ['only imagined', { real: false }]])('%s are left alone', (_, kind) => {
    expect(codesWith({ ...onHost, ...kind }, { ...onHost, ...kind, name: 'other', hostNetwork: false })).toEqual([]);
  });
});

test('an Ingress with several paths to one Service is one finding', () => {
  const twice = entrance({ rules: [rule('a.example'), rule('b.example')] });
  expect(codesOf([pods('api'), service({}), twice]).filter(code => code === 'SN0605')).toHaveLength(1);
});

function codesOf(objects: any[], facts?: ClusterFacts): string[] {
  const model = ClusterModel.of(objects, { facts });
  expect(model.problems).toEqual([]);
  return findingsOf(Reachability.of(model)).map(({ code }) => code);
}
