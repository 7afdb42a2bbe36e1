import { AUTHORIZATIONS, TOKENS } from './_mesh';
import { REQUEST_TOKENS } from './_pages';
import { Check } from './finding';

/** What a policy says when it asks for a token: who the token is for, or what stands in it. */
const DEMANDS = /"(requestPrincipals|notRequestPrincipals)"|"request\.auth\./;

export const TOKEN_NOT_DEMANDED: Check = {
  code: 'SN0806',
  name: 'token-not-demanded',
  level: 'error',
  description: 'Tokens are checked, and no policy demands one',
  why: 'A RequestAuthentication refuses a wrong token. A request without any token passes it, until an AuthorizationPolicy asks for one.',
  source: REQUEST_TOKENS,
  remedy: 'add an AuthorizationPolicy for the same pods whose rules name requestPrincipals',
  * find(evidence) {
    const demanding = evidence.ofKind(AUTHORIZATIONS).filter(({ json }) => DEMANDS.test(JSON.stringify(json.spec ?? {})));
    for (const { ref, json } of evidence.ofKind(TOKENS)) {
      const labels = Object.entries(json.spec?.selector?.matchLabels ?? {});
      const isAboutThem = ({ ref: other, json: policy }: (typeof demanding)[number]) => other.namespace === ref.namespace
        && Object.entries(policy.spec?.selector?.matchLabels ?? {}).every(([key, value]) => labels.some(([name, given]) => name === key && given === value));
      if (!demanding.some(isAboutThem)) yield { object: ref, path: '', message: 'a request without a token passes it, and no AuthorizationPolicy for the same pods asks for one' };
    }
  },
};
