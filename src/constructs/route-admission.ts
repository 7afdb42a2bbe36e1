import { Construct } from 'constructs';
import { emitPreexisting } from './_manifest';
import { ClusterEdge } from './cluster-edge';
import { checkDnsSubdomain } from '../admission/names';

/** A rule about `Strict-Transport-Security`: Routes of these domains without it are refused when they are written. */
export interface HstsPolicy {
  /** The hosts of Routes: `shop.example.com`, or `*.apps.example.com` for all right below it. */
  readonly domains: string[];
  /**
   * For how many seconds browsers have to remember, at least.
   *
   * @default 31536000
   */
  readonly minAgeSeconds?: number;
  /**
   * Whether the names below each host are held to it too.
   *
   * @default false
   */
  readonly includeSubDomains?: boolean;
}

/** Properties of `RouteAdmission`. */
export interface RouteAdmissionProps {
  /**
   * The name of the IngressController in `openshift-ingress-operator`.
   *
   * @default 'default'
   */
  readonly ingressController?: string;

  /**
   * Which Routes have to tell browsers to stay with TLS.
   *
   * @default - none has to
   */
  readonly hsts?: HstsPolicy[];
}

/**
 * Which Routes and Ingresses the routers of OpenShift serve: a host belongs to the namespace that claimed it first, so that no other
 * tenant takes a path of it, and no Route claims a whole domain with a wildcard.
 *
 * Who may create Routes at all is a matter of access: `Access.EDIT` and `Access.ADMIN` may not.
 *
 * @see https://docs.openshift.com/container-platform/4.18/networking/ingress-operator.html
 */
export class RouteAdmission extends Construct {
  /** Throws where the platform is not OpenShift. */
  constructor(edge: ClusterEdge, id: string, props: RouteAdmissionProps = {}) {
    super(edge, id);
    const { path } = this.node;
    const { distribution } = edge.platform;
    const { ingressController = 'default', hsts = [] } = props;
    if (distribution !== 'openshift') throw new Error(`[${path}] Routes exist on OpenShift only, and the platform is ${distribution}: leave RouteAdmission out`);
    checkDnsSubdomain(`[${path}] ingressController`, ingressController);
    emitPreexisting(this, 'ingress-controller', {
      apiVersion: 'operator.openshift.io/v1',
      kind: 'IngressController',
      name: ingressController,
      namespace: 'openshift-ingress-operator',
      body: { spec: { routeAdmission: { namespaceOwnership: 'Strict', wildcardPolicy: 'WildcardsDisallowed' } } },
    });
    if (hsts.length === 0) return;
    emitPreexisting(this, 'ingress', {
      apiVersion: 'config.openshift.io/v1',
      kind: 'Ingress',
      name: 'cluster',
      body: { spec: { requiredHSTSPolicies: hsts.map(policy => hstsOf(path, policy)) } },
    });
  }
}

const LONGEST = 2 ** 31 - 1;

function hstsOf(path: string, { domains, minAgeSeconds: age = 31536000, includeSubDomains }: HstsPolicy): object {
  if (domains.length === 0) throw new Error(`[${path}] a rule about HSTS names no domain: write domains such as '*.apps.example.com'`);
  for (const domain of domains) checkDnsSubdomain(`[${path}] domain of HSTS`, domain.replace(/^\*\./, ''));
  if (!Number.isInteger(age) || age < 1 || age > LONGEST) {
    throw new Error(`[${path}] minAgeSeconds '${age}' is outside 1-${LONGEST}: a year is 31536000, and 0 would tell browsers to forget`);
  }
  return {
    domainPatterns: [...new Set(domains)].sort(),
    maxAge: { smallestMaxAge: age },
    preloadPolicy: 'NoOpinion',
    includeSubDomainsPolicy: includeSubDomains ? 'RequireIncludeSubDomains' : 'NoOpinion',
  };
}
