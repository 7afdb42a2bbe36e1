import { IpSet } from '../../algebra/ip-set';
import { LabelSelector, Requirement } from '../../algebra/label-selector';
import { ClusterModel } from '../model';
import { NAME_LABEL } from '../pods';
import { Peers, PodMatch, Ports } from '../rules';

/** Whether one thing a rule says is part of another, for all pods there can be. False wherever that is not proven. */

export function isSubset(a: LabelSelector, b: LabelSelector): boolean {
  return b.requirements.every(asked => a.requirements.some(given => given.key === asked.key && implies(given, asked)));
}

export function isPartOf(a: PodMatch, b: PodMatch, model: ClusterModel): boolean {
  return isSubset(a.pods, b.pods) && isPlaceIn(a, b, model) && (b.identity === undefined || b.identity.key === a.identity?.key);
}

export function arePeersOf(a: Peers, b: Peers, model: ClusterModel): boolean {
  if (b.any) return true;
  return !a.any && a.pods.every(each => b.pods.some(other => isPartOf(each, other, model)))
    && (a.withoutIdentity ?? false) === (b.withoutIdentity ?? false)
    && (!b.withoutIdentity || !b.addresses || !!a.addresses)
    && ((a.withoutIdentity && !b.addresses) || (a.addresses ?? IpSet.none()).isSubsetOf(b.addresses ?? IpSet.none()))
    && (!a.addressesOfPods || b.addressesOfPods === true)
    && (a.hosts ?? []).every(host => b.hosts?.includes(host));
}

export function arePortsOf(a: Ports, b: Ports): boolean {
  if (b.numbers.isAll) return true;
  return a.numbers.isSubsetOf(b.numbers)
    && a.names.every(({ name, protocol }) => b.names.some(other => other.name === name && (other.protocol === undefined || other.protocol === protocol)));
}

function isPlaceIn(a: PodMatch, b: PodMatch, model: ClusterModel): boolean {
  if (b.namespace !== undefined) return a.namespace === b.namespace || onlyName(a.namespaces) === b.namespace;
  if (b.namespaces === undefined || b.namespaces.isEverything) return true;
  if (a.namespace !== undefined) return b.namespaces.matches(model.namespaces.get(a.namespace) ?? { [NAME_LABEL]: a.namespace });
  return a.namespaces !== undefined && isSubset(a.namespaces, b.namespaces);
}

/** The one namespace that a selector chooses by name. */
function onlyName(selector: LabelSelector | undefined): string | undefined {
  const name = selector?.requirements.find(({ key, operator }) => key === NAME_LABEL && operator === 'In');
  return name?.values.length === 1 ? name.values[0] : undefined;
}

function implies(given: Requirement, asked: Requirement): boolean {
  switch (asked.operator) {
    case 'In': return given.operator === 'In' && given.values.every(value => asked.values.includes(value));
    case 'Exists': return given.operator === 'In' || given.operator === 'Exists';
    case 'DoesNotExist': return given.operator === 'DoesNotExist';
    case 'NotIn':
      return given.operator === 'DoesNotExist'
        || (given.operator === 'NotIn' && asked.values.every(value => given.values.includes(value)))
        || (given.operator === 'In' && !given.values.some(value => asked.values.includes(value)));
  }
}
