/** Where a chart may stand in the tree, and a workload in its namespace. */
import { Chart } from 'cdk8s';
import { Construct, Node } from 'constructs';

const workloads = new WeakMap<Construct, Map<string, string>>();

/** A workload's name is the first part of the names of its objects, and the key of its flows: one namespace has it once. */
export function refuseTaken(namespace: Construct, id: string, name: string): void {
  const taken = workloads.get(namespace) ?? new Map<string, string>();
  workloads.set(namespace, taken);
  const { path } = namespace.node;
  const owner = taken.get(name);
  if (owner) throw new Error(`[${path}/${id}] the namespace already has a workload named '${name}' at '${owner}': choose another name`);
  if (namespace.node.tryFindChild(id)) {
    throw new Error(`[${path}/${id}] the namespace already holds another construct with the id '${id}': choose another name for the workload`);
  }
  taken.set(name, `${path}/${id}`);
}

/**
 * A chart inside a chart renames files, drops out of `Testing.synth(parent)` and makes dependencies between charts,
 * whose cost explodes.
 */
export function refuseNestedChart(scope: Construct, id: string, what: string): void {
  const parent = Node.of(scope).scopes.find(candidate => Chart.isChart(candidate));
  if (parent) {
    throw new Error(`[${Node.of(scope).path}/${id}] a ${what} cannot stand inside the chart '${Node.of(parent).path}': `
      + 'give it the App or a plain Construct as its scope');
  }
}
