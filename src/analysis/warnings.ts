import { resolveNames } from './judge';
import { unreadableProxies } from './names';
import { Reachability } from './reachability';
import { textOfRef } from './rules';
import { unsettledSources } from './source-addresses';
import { ConnectionSet } from '../algebra/connection-set';

/** What the answer rests on that manifests cannot settle, sorted. */
export function warningsOf(reach: Reachability): string[] {
  const sources = [invalid, remarks, hostNetwork, unresolvedNames, unreadableProxies, unsettledSources];
  return [...new Set(sources.flatMap(warn => warn(reach)))].sort();
}

function invalid({ model }: Reachability): string[] {
  return model.problems.map(({ ref, message, kept }) => `${textOfRef(ref)}${kept ? '' : ' is left out, because the API server would refuse it'}: ${message}`);
}

function remarks({ model }: Reachability): string[] {
  return model.warnings.map(({ ref, message }) => `${textOfRef(ref)}: ${message}`);
}

function hostNetwork({ endpoints }: Reachability): string[] {
  return endpoints.filter(endpoint => endpoint.real && endpoint.hostNetwork).map(({ text }) =>
    `${text} is on its node's network: policies do not hold it, selectors do not find it, and it reaches every pod of its own node`);
}

/** A port name that no chosen pod declares opens nothing. */
function unresolvedNames({ model, compilation }: Reachability): string[] {
  const found: string[] = [];
  for (const { ref, subject, rules } of model.policies) {
    for (const { direction, index, peers, ports } of rules) {
      for (const named of ports.names) {
        const matches = direction === 'ingress' ? [subject] : peers.any ? undefined : peers.pods;
        const shapes = matches ? matches.flatMap(match => compilation.selector.select(match).shapes).map(id => model.shapes[id]) : model.shapes;
        if (shapes.some(shape => !resolveNames({ numbers: NO_NUMBERS, names: [named] }, shape.ports).isEmpty)) continue;
        found.push(`${textOfRef(ref)}: rule ${direction}[${index}] names the ${named.protocol ?? ''} port '${named.name}', which no pod it is about declares`);
      }
    }
  }
  return found;
}

const NO_NUMBERS = ConnectionSet.none();
