/**
 * The guardrails as data: what each is about, whom it lets pass, and what it asks of the rest.
 *
 *   secure-network-network       objects that decide over a namespace's network
 *   secure-network-objects       our other objects, by our label
 *   secure-network-namespaces    our namespaces: making, removing, labelling
 *   secure-network-entrances     ways in around the gateway, and the API server's own proxy
 *   secure-network-services      Services that are reached from outside
 *   secure-network-pods, -capabilities, -annotations: see _guardrail-pods.ts
 *
 * Laws: each applies to the namespaces of this program only, known by name; what it cannot judge it refuses; an expression that fails refuses.
 */
import { EVERY_CHANGE, Guardrail, GuardrailContext, Operations, on } from './_guardrail';
import { asksSomebodyElse, celText, celTexts, orEmpty } from './_guardrail-cel';
import { identitiesOf, together } from './_guardrail-identities';
import { annotationsPolicy, capabilitiesPolicy, madeBy, podsPolicy } from './_guardrail-pods';
import { MANAGED_BY } from './_labels';
import { ValidatingAdmissionPolicySpec } from '../api/admission';
import { namespacesNamed } from '../api/selectors';
import { WorkloadEnd } from '../intent/endpoint';

const GUARDRAILS: Readonly<Record<string, (context: GuardrailContext) => Guardrail>> = {
  'secure-network-annotations': annotationsPolicy,
  'secure-network-capabilities': capabilitiesPolicy,
  'secure-network-entrances': entrances,
  'secure-network-namespaces': namespaces,
  'secure-network-network': network,
  'secure-network-objects': objects,
  'secure-network-pods': podsPolicy,
  'secure-network-services': services,
};

export const GUARDRAIL_NAMES = Object.keys(GUARDRAILS);

/** The spec of one guardrail. */
export function renderGuardrail(name: string, context: GuardrailContext): ValidatingAdmissionPolicySpec {
  const { rules, passing, ours, namespaces: own, variables, validations } = GUARDRAILS[name](context);
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: rules,
      namespaceSelector: namespacesNamed(own ?? context.namespaces),
      ...(ours ? { objectSelector: { matchLabels: MANAGED_BY } } : {}),
    },
    matchConditions: [
      { name: 'not-the-platform', expression: asksSomebodyElse(identitiesOf(context.subjects)) },
      ...(passing ? [{ name: 'not-the-system', expression: asksSomebodyElse(passing) }] : []),
    ],
    ...(variables ? { variables } : {}),
    validations: validations.map(({ expression, message }) => ({ expression, message, reason: 'Forbidden' })),
  };
}

/** Policies add up, so one more of anybody's own opens what ours closes; and whoever can take ours away has opened everything. */
function network({ system }: GuardrailContext): Guardrail {
  return {
    rules: [
      on('networking.k8s.io', ['networkpolicies'], EVERY_CHANGE),
      on('cilium.io', ['ciliumenvoyconfigs', 'ciliumlocalredirectpolicies', 'ciliumnetworkpolicies'], EVERY_CHANGE),
      on('crd.antrea.io', ['groups', 'networkpolicies'], EVERY_CHANGE),
      on(['crd.projectcalico.org', 'projectcalico.org'], ['networkpolicies', 'networksets'], EVERY_CHANGE),
      on('k8s.ovn.org', ['egressfirewalls', 'egressqoses', 'egressservices', 'networkqoses', 'userdefinednetworks'], EVERY_CHANGE),
      on('k8s.cni.cncf.io', ['network-attachment-definitions'], EVERY_CHANGE),
      on('network.openshift.io', ['egressnetworkpolicies'], EVERY_CHANGE),
      on('network.operator.openshift.io', ['egressrouters'], EVERY_CHANGE),
      on(['extensions.istio.io', 'networking.istio.io', 'security.istio.io', 'telemetry.istio.io'], ['*'], EVERY_CHANGE),
    ],
    passing: together(system.cleaners, system.network),
    validations: [{
      expression: 'false',
      message: "what decides over this namespace's network is changed in the program that makes it, and applied by a platform subject: state the flow there",
    }],
  };
}

/** A status may be written by those who may write it, as long as our label stays: without it the object would be nobody's. */
function objects({ system }: GuardrailContext): Guardrail {
  const change: Operations = ['UPDATE', 'DELETE'];
  return {
    ours: true,
    rules: [
      on('', ['limitranges', 'resourcequotas', 'serviceaccounts', 'services'], change),
      on('', ['resourcequotas/status', 'services/status'], ['UPDATE']),
      on('rbac.authorization.k8s.io', ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'], change),
      on('k8s.ovn.org', ['adminpolicybasedexternalroutes', 'clusteruserdefinednetworks', 'egressips'], change),
      on('policy.networking.k8s.io', ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'clusternetworkpolicies'], change),
    ],
    passing: together(system.cleaners, system.services, system.tenancy, system.network),
    validations: [{
      expression: "has(request.subResource) && request.subResource == 'status' && has(object.metadata.labels) && object.metadata.labels == oldObject.metadata.labels",
      message: 'this object is changed in the program that makes it, and applied by a platform subject; make one of your own under another name',
    }],
  };
}

/** Annotations that move a namespace's pods to other addresses, users or nodes, or its traffic to another gateway. */
const NAMESPACE_ANNOTATIONS = ['cni.projectcalico.org/', 'k8s.ovn.org/', 'openshift.io/node-selector', 'openshift.io/sa.scc.', 'scheduler.alpha.kubernetes.io/'];

/** Labels choose Pod Security, the mesh, and whom the policies of others let in. They can be changed by way of status and finalize too. */
function namespaces({ system }: GuardrailContext): Guardrail {
  const guarded = `${celTexts(NAMESPACE_ANNOTATIONS)}.exists(prefix, key.startsWith(prefix))`;
  return {
    rules: [on('', ['namespaces'], EVERY_CHANGE), on('', ['namespaces/finalize', 'namespaces/status'], ['UPDATE'])],
    passing: together(system.tenancy, system.network),
    variables: [
      { name: 'now', expression: orEmpty('object.metadata.annotations', '{}') },
      { name: 'before', expression: orEmpty('oldObject.metadata.annotations', '{}') },
    ],
    validations: [
      {
        expression: "request.operation == 'UPDATE'",
        message: 'this namespace is made and removed by those who apply the program that states it: ask a platform subject, or choose another name',
      },
      {
        expression: "request.operation != 'UPDATE' || object.metadata.labels == oldObject.metadata.labels",
        message: 'labels of this namespace decide over Pod Security, the mesh and whom policies let in: change them in the program that makes it',
      },
      {
        expression: `request.operation != 'UPDATE' || (variables.now.all(key, !${guarded} || (key in variables.before && variables.before[key] == variables.now[key])) `
          + `&& variables.before.all(key, !${guarded} || key in variables.now))`,
        message: 'annotations of the network and of node selection are changed by a platform subject: ask one',
      },
    ],
  };
}

/** An Ingress of cert-manager's own, while it proves a name: nobody has to serve it, for the gateway leads to the solver by itself. */
function ofSolver({ home, labels, unmeshed }: WorkloadEnd): string {
  const object = "(request.operation == 'DELETE' ? oldObject : object)";
  return [
    "request.resource.resource == 'ingresses'",
    `request.namespace == ${celText(home.namespace)}`,
    madeBy(unmeshed!),
    `has(${object}.metadata.labels)`,
    ...Object.entries(labels).map(([key, value]) => `${celText(key)} in ${object}.metadata.labels && ${object}.metadata.labels[${celText(key)}] == ${celText(value)}`),
  ].join(' && ');
}

function entrances({ system, annotated }: GuardrailContext): Guardrail {
  const solvers = annotated.filter(({ unmeshed }) => unmeshed);
  return {
    rules: [
      on('networking.k8s.io', ['ingresses'], EVERY_CHANGE),
      on('gateway.networking.k8s.io', ['*'], EVERY_CHANGE),
      on('route.openshift.io', ['routes'], EVERY_CHANGE),
      // Whoever writes them leads the traffic of a Service to an address of his choice.
      on('', ['endpoints'], EVERY_CHANGE),
      on('discovery.k8s.io', ['endpointslices'], EVERY_CHANGE),
      // The API server itself then opens the connection, and policies see none of it.
      on('', ['pods/proxy', 'services/proxy'], ['CONNECT']),
    ],
    passing: together(system.cleaners, system.services),
    validations: [{
      expression: solvers.length ? solvers.map(solver => `(${ofSolver(solver)})`).join(' || ') : 'false',
      message: 'ways into this namespace are stated in the program that makes it, through its gateway: state the route there, or reach the pod through its Service',
    }],
  };
}

function services({ system }: GuardrailContext): Guardrail {
  return {
    rules: [on('', ['services'], ['CREATE', 'UPDATE'])],
    passing: together(system.cleaners, system.services),
    validations: [
      {
        expression: "!has(object.spec.type) || object.spec.type == 'ClusterIP'",
        message: 'Services of this namespace have type ClusterIP: what is reached from outside is stated at the gateway, what is outside at an EgressRouter',
      },
      {
        expression: '!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0',
        message: 'externalIPs take traffic that is meant for others: remove them',
      },
    ],
  };
}
