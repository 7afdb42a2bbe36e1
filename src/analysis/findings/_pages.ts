/** The pages that say why. */
const DOCS = 'https://kubernetes.io/docs';

export const POLICIES = `${DOCS}/concepts/services-networking/network-policies/`;
export const POLICY_API = `${DOCS}/reference/kubernetes-api/policy-resources/network-policy-v1/`;
export const SELECTORS = `${POLICIES}#behavior-of-to-and-from-selectors`;
export const DEFAULTS = `${POLICIES}#default-policies`;
export const BY_NAME = `${POLICIES}#targeting-a-namespace-by-its-name`;
export const HOST_NETWORK = `${POLICIES}#networkpolicy-and-hostnetwork-pods`;
export const LABELS = `${DOCS}/concepts/overview/working-with-objects/labels/`;
export const SERVICES = `${DOCS}/concepts/services-networking/service/`;
export const SOURCE_IP = `${DOCS}/tutorials/services/source-ip/`;
export const INGRESS = `${DOCS}/concepts/services-networking/ingress/`;
export const POD_SECURITY = `${DOCS}/concepts/security/pod-security-admission/`;
export const POD_STANDARDS = `${DOCS}/concepts/security/pod-security-standards/`;
export const SERVICE_ACCOUNTS = `${DOCS}/tasks/configure-pod-container/configure-service-account/`;
export const DNS_PODS = `${DOCS}/concepts/services-networking/dns-pod-service/`;
export const DNS_TCP = 'https://www.rfc-editor.org/rfc/rfc7766';
export const CLOUD_METADATA = `${DOCS}/concepts/security/security-checklist/`;
export const EXTERNAL_IPS = 'https://github.com/kubernetes/kubernetes/issues/97076';
export const ROUTES = 'https://github.com/openshift/api/blob/master/route/v1/types.go';
const ISTIO = 'https://istio.io/latest/docs';

export const AUTHORIZATION = `${ISTIO}/reference/config/security/authorization-policy/`;
export const MUTUAL_TLS = `${ISTIO}/reference/config/security/peer_authentication/`;
export const REQUEST_TOKENS = `${ISTIO}/reference/config/security/request_authentication/`;
export const DRY_RUN = `${ISTIO}/tasks/security/authorization/authz-dry-run/`;
export const TIERS = 'https://network-policy-api.sigs.k8s.io/api-overview/';
