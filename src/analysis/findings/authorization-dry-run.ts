import { AUTHORIZATIONS, isDryRun } from './_mesh';
import { DRY_RUN } from './_pages';
import { Check } from './finding';

export const AUTHORIZATION_DRY_RUN: Check = {
  code: 'SN0803',
  name: 'authorization-dry-run',
  level: 'note',
  description: 'An AuthorizationPolicy is only tried',
  why: 'With `istio.io/dry-run` a policy writes down what it would do, and does nothing: what it is to deny passes.',
  source: DRY_RUN,
  remedy: 'remove the annotation istio.io/dry-run when what it wrote down is what is meant',
  * find(evidence) {
    for (const source of evidence.ofKind(AUTHORIZATIONS)) {
      if (isDryRun(source)) yield { object: source.ref, path: "metadata.annotations['istio.io/dry-run']", message: 'it is not enforced' };
    }
  },
};
