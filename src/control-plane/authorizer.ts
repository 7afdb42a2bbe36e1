import { checkCondition } from './_cel';
import { checkNodeFile } from './_node-files';
import { AuthorizationConfiguration, WireAuthorizer } from '../api/control-plane';

/** What becomes of a request when a webhook gives no answer. */
export enum AuthorizerFailurePolicy {
  /** It is denied. */
  DENY = 'Deny',
  /** The next authorizer is asked, as if the webhook had no opinion. */
  NO_OPINION = 'NoOpinion',
}

/** Properties of `Authorizer.webhook`. */
export interface WebhookAuthorizerProps {
  /** The kubeconfig on control-plane nodes that says where the webhook is and who the API server is to it. */
  readonly kubeConfigFile: string;

  /**
   * What becomes of a request when the webhook gives no answer.
   *
   * @default AuthorizerFailurePolicy.DENY
   */
  readonly failurePolicy?: AuthorizerFailurePolicy;

  /**
   * How many seconds it has to answer, more than 0 and at most 30.
   *
   * @default 3
   */
  readonly timeoutSeconds?: number;

  /**
   * CEL about `request` (`user`, `groups`, `resourceAttributes`, ...): the webhook is asked only where all of it is true.
   *
   * @default - it is asked about every request
   */
  readonly matchConditions?: string[];
}

/** One of those that the API server asks whether a request is allowed, in their order. What none allows is denied. */
export class Authorizer {
  /** What kubelets need, for the pods on their own node and no others. */
  public static node(): Authorizer {
    return new Authorizer({ type: 'Node', name: 'node' });
  }

  /** Roles and bindings. */
  public static rbac(): Authorizer {
    return new Authorizer({ type: 'RBAC', name: 'rbac' });
  }

  /** A service of your own that is asked. */
  public static webhook(name: string, props: WebhookAuthorizerProps): Authorizer {
    const { kubeConfigFile, failurePolicy = AuthorizerFailurePolicy.DENY, timeoutSeconds = 3, matchConditions = [] } = props;
    const what = `authorizer '${name}'`;
    if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) throw new Error(`${what} is not named in lowercase letters, digits, '-' and '.': such as 'policy-service'`);
    checkNodeFile(`kubeConfigFile of ${what}`, kubeConfigFile);
    if (!(timeoutSeconds > 0 && timeoutSeconds <= 30)) throw new Error(`timeoutSeconds '${timeoutSeconds}' of ${what} is outside 0-30: every request waits for it`);
    if (!Object.values(AuthorizerFailurePolicy).includes(failurePolicy)) {
      throw new Error(`failurePolicy '${failurePolicy}' of ${what} is none the API server knows: use AuthorizerFailurePolicy.DENY or NO_OPINION`);
    }
    for (const condition of matchConditions) checkCondition(`match condition of ${what}`, condition, ['request']);
    return new Authorizer({
      type: 'Webhook',
      name,
      webhook: {
        timeout: `${timeoutSeconds * 1000}ms`,
        authorizedTTL: '5m0s',
        unauthorizedTTL: '30s',
        subjectAccessReviewVersion: 'v1',
        matchConditionSubjectAccessReviewVersion: 'v1',
        failurePolicy,
        connectionInfo: { type: 'KubeConfigFile', kubeConfigFile },
        matchConditions: matchConditions.length ? matchConditions.map(expression => ({ expression })) : undefined,
      },
    });
  }

  /** @internal */
  public readonly _wire: WireAuthorizer;

  private constructor(wire: WireAuthorizer) {
    this._wire = wire;
  }
}

/** Throws where kubelets or grants would have no effect, or where the API server would not start. */
export function renderAuthorization(authorizers: readonly Authorizer[], minor: number): AuthorizationConfiguration {
  const wires = authorizers.map(({ _wire }) => _wire);
  for (const [type, remedy, why] of [
    ['Node', 'Authorizer.node()', 'kubelets could not run pods'], ['RBAC', 'Authorizer.rbac()', 'grants would have no effect'],
  ] as const) {
    const count = wires.filter(wire => wire.type === type).length;
    if (count !== 1) throw new Error(`authorization names ${remedy} ${count} times: name it once, ${count ? 'the API server takes no second' : `or ${why}`}`);
  }
  const names = wires.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`authorization names two authorizers '${twice}': give each a name of its own`);
  return { apiVersion: `apiserver.config.k8s.io/${minor >= 32 ? 'v1' : 'v1beta1'}`, kind: 'AuthorizationConfiguration', authorizers: wires };
}
