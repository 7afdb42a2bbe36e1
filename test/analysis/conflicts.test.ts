import * as fc from 'fast-check';
import { clusters } from './random-clusters';
import { conflictsOf } from '../../src/analysis/conflicts';
import { ClusterModel } from '../../src/analysis/model';
import { PodShape } from '../../src/analysis/pods';
import { LAYERS, Policy, textOfRef } from '../../src/analysis/rules';
import { TRIES } from '../support/tries';

const ORDERED = LAYERS.filter(({ decides, agrees }) => decides === 'first-match' && !agrees).map(({ name }) => name);

/** Every pair of policies of one rank, asked about every pod. */
function bySquare({ policies, shapes, namespaces }: ClusterModel): string[] {
  const isAbout = ({ subject: { namespace, namespaces: selector, pods } }: Policy, shape: PodShape) => !shape.hostNetwork
    && (namespace === undefined || namespace === shape.namespace)
    && (selector?.matches(namespaces.get(shape.namespace) ?? {}) ?? true) && pods.matches(shape.labels);
  const ofRank = (policy: Policy) => policies.filter(({ layer, ref, order }) => ORDERED.includes(layer)
    && layer === policy.layer && ref.kind === policy.ref.kind && order === policy.order);
  return policies.flatMap(policy => {
    const before = ofRank(policy).slice(0, Math.max(0, ofRank(policy).indexOf(policy)));
    const other = before.find(each => shapes.some(shape => isAbout(each, shape) && isAbout(policy, shape)));
    if (!other) return [];
    const both = shapes.find(shape => isAbout(other, shape) && isAbout(policy, shape))!;
    return [`${textOfRef(policy.ref)}: ${textOfRef(other.ref)} in ${both.namespace}`];
  });
}

test('7. policies of one rank about the same pods are found as if every pair of them were asked', () => {
  let found = 0;
  for (const kinds of [{ admin: true }, { cluster: true }]) {
    fc.assert(fc.property(clusters(kinds), ({ objects }) => {
      const crowded = ({ spec, ...object }: any) => ({ ...object, spec: spec?.priority === undefined ? spec : { ...spec, priority: spec.priority % 2 } });
      const model = ClusterModel.of(objects.map(crowded));
      const told = conflictsOf(model.policies, model.shapes, model.namespaces).map(({ ref, message }) => {
        const [, other, namespace] = /^has the priority \d+ of (.+), and both are about pods in namespace '(.+)'/.exec(message)!;
        return `${textOfRef(ref)}: ${other} in ${namespace}`;
      });
      expect(told.sort()).toEqual(bySquare(model).sort());
      found += told.length;
    }), TRIES);
  }
  expect(found).toBeGreaterThan(TRIES.numRuns / 10);
});
