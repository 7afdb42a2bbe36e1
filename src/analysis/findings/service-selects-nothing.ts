import { SERVICES } from './_pages';
import { servicesOf } from './_services';
import { Check } from './finding';

export const SERVICE_SELECTS_NOTHING: Check = {
  code: 'SN0604',
  name: 'service-selects-nothing',
  level: 'note',
  description: 'A Service selects no pod that the manifests show',
  why: 'It leads nowhere; and a pod that gets those labels one day receives what is sent to it.',
  source: SERVICES,
  remedy: "compare the selector with the labels of the pods' template, or remove the Service",
  * find(evidence) {
    for (const { ref, selector, shapes } of servicesOf(evidence)) {
      if (!selector || shapes.length > 0 || !evidence.populated.has(ref.namespace!)) continue;
      yield { object: ref, path: 'spec.selector', message: `no pod of namespace ${ref.namespace} has the labels ${selector}` };
    }
  },
};
