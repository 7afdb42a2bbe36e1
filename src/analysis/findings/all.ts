import { ADMIN_ALLOWS_EVERYTHING } from './admin-allows-everything';
import { AUTHORIZATION_ALLOWS_EVERYBODY } from './authorization-allows-everybody';
import { AUTHORIZATION_BY_EXCLUSION } from './authorization-by-exclusion';
import { AUTHORIZATION_DRY_RUN } from './authorization-dry-run';
import { AUTHORIZATION_WITHOUT_PROXY } from './authorization-without-proxy';
import { BASELINE_WITHOUT_EFFECT } from './baseline-without-effect';
import { CLIENT_ADDRESS_LOST } from './client-address-lost';
import { CLOSED_DIRECTION_WITHOUT_TYPE } from './closed-direction-without-type';
import { CONTRADICTORY_SELECTOR } from './contradictory-selector';
import { DNS_OVER_UDP_ONLY } from './dns-over-udp-only';
import { EGRESS_TO_ANYWHERE } from './egress-to-anywhere';
import { EGRESS_WITHOUT_DNS } from './egress-without-dns';
import { EMPTY_PEERS } from './empty-peers';
import { EMPTY_PORTS } from './empty-ports';
import { EXCEPT_UNDONE } from './except-undone';
import { EXTERNAL_IPS_OF_SERVICE } from './external-ips';
import { EXTERNAL_NAME } from './external-name';
import { EXTERNAL_SERVICE_TO_OPEN_PODS } from './external-service-to-open-pods';
import { Check } from './finding';
import { HOST_NETWORK_PODS } from './host-network';
import { HOST_PORT } from './host-port';
import { INGRESS_FOR_EVERY_HOST } from './ingress-for-every-host';
import { INGRESS_TO_OPEN_PODS } from './ingress-to-open-pods';
import { INGRESS_WITHOUT_TLS } from './ingress-without-tls';
import { IP_BLOCK_HOST_BITS } from './ip-block-host-bits';
import { METADATA_SERVICE_REACHABLE } from './metadata-service-reachable';
import { NAMESPACE_WITHOUT_POLICY } from './namespace-without-policy';
import { NEGATIVE_NAMESPACE_SELECTOR } from './negative-namespace-selector';
import { NEGATIVE_POD_SELECTOR } from './negative-pod-selector';
import { NETWORK_PRIVILEGES } from './network-privileges';
import { NETWORKS_MATCH_PODS } from './networks-match-pods';
import { NO_DEFAULT_DENY } from './no-default-deny';
import { OPEN_TO_EVERY_NAMESPACE } from './open-to-every-namespace';
import { OPEN_TO_EVERYONE } from './open-to-everyone';
import { OPEN_TO_INTERNET } from './open-to-internet';
import { PEERS_OR_NOT_AND } from './peers-or-not-and';
import { PLAINTEXT_TAKEN } from './plaintext-taken';
import { POD_RANGE_IN_IP_BLOCK } from './pod-range-in-ip-block';
import { POD_SECURITY_NOT_ENFORCED } from './pod-security-not-enforced';
import { POD_SECURITY_PRIVILEGED } from './pod-security-privileged';
import { PODS_OPEN_TO_EGRESS } from './pods-open-to-egress';
import { PODS_OPEN_TO_INGRESS } from './pods-open-to-ingress';
import { POLICY_SELECTS_NOTHING } from './policy-selects-nothing';
import { POLICY_TYPES_MISSING } from './policy-types-missing';
import { POLICY_WITHOUT_EFFECT } from './policy-without-effect';
import { PORT_WITHOUT_NUMBER } from './port-without-number';
import { REDUNDANT_RULE } from './redundant-rule';
import { ROUTE_WITHOUT_TLS } from './route-without-tls';
import { RULE_MATCHES_NOBODY } from './rule-matches-nobody';
import { RULES_WITHOUT_TYPE } from './rules-without-type';
import { SERVICE_PORT_IN_POLICY } from './service-port-in-policy';
import { SERVICE_RANGE_IN_IP_BLOCK } from './service-range-in-ip-block';
import { SERVICE_SELECTS_NOTHING } from './service-selects-nothing';
import { SHADOWED_RULE } from './shadowed-rule';
import { SHARED_DEFAULT_TOKEN } from './shared-default-token';
import { SPOOFABLE_NAMESPACE_LABEL } from './spoofable-namespace-label';
import { TOKEN_NOT_DEMANDED } from './token-not-demanded';
import { UNDECLARED_PORT_NAME } from './undeclared-port-name';
import { UNKNOWN_FIELD } from './unknown-field';

/** Every check, in the order of its name. A new check is one more file, one more line here, and a good and a bad manifest. */
export const CHECKS: readonly Check[] = [
  ADMIN_ALLOWS_EVERYTHING,
  AUTHORIZATION_ALLOWS_EVERYBODY,
  AUTHORIZATION_BY_EXCLUSION,
  AUTHORIZATION_DRY_RUN,
  AUTHORIZATION_WITHOUT_PROXY,
  BASELINE_WITHOUT_EFFECT,
  CLIENT_ADDRESS_LOST,
  CLOSED_DIRECTION_WITHOUT_TYPE,
  CONTRADICTORY_SELECTOR,
  DNS_OVER_UDP_ONLY,
  EGRESS_TO_ANYWHERE,
  EGRESS_WITHOUT_DNS,
  EMPTY_PEERS,
  EMPTY_PORTS,
  EXCEPT_UNDONE,
  EXTERNAL_IPS_OF_SERVICE,
  EXTERNAL_NAME,
  EXTERNAL_SERVICE_TO_OPEN_PODS,
  HOST_NETWORK_PODS,
  HOST_PORT,
  INGRESS_FOR_EVERY_HOST,
  INGRESS_TO_OPEN_PODS,
  INGRESS_WITHOUT_TLS,
  IP_BLOCK_HOST_BITS,
  METADATA_SERVICE_REACHABLE,
  NAMESPACE_WITHOUT_POLICY,
  NEGATIVE_NAMESPACE_SELECTOR,
  NEGATIVE_POD_SELECTOR,
  NETWORK_PRIVILEGES,
  NETWORKS_MATCH_PODS,
  NO_DEFAULT_DENY,
  OPEN_TO_EVERY_NAMESPACE,
  OPEN_TO_EVERYONE,
  OPEN_TO_INTERNET,
  PEERS_OR_NOT_AND,
  PLAINTEXT_TAKEN,
  POD_RANGE_IN_IP_BLOCK,
  POD_SECURITY_NOT_ENFORCED,
  POD_SECURITY_PRIVILEGED,
  PODS_OPEN_TO_EGRESS,
  PODS_OPEN_TO_INGRESS,
  POLICY_SELECTS_NOTHING,
  POLICY_TYPES_MISSING,
  POLICY_WITHOUT_EFFECT,
  PORT_WITHOUT_NUMBER,
  REDUNDANT_RULE,
  ROUTE_WITHOUT_TLS,
  RULE_MATCHES_NOBODY,
  RULES_WITHOUT_TYPE,
  SERVICE_PORT_IN_POLICY,
  SERVICE_RANGE_IN_IP_BLOCK,
  SERVICE_SELECTS_NOTHING,
  SHADOWED_RULE,
  SHARED_DEFAULT_TOKEN,
  SPOOFABLE_NAMESPACE_LABEL,
  TOKEN_NOT_DEMANDED,
  UNDECLARED_PORT_NAME,
  UNKNOWN_FIELD,
];
