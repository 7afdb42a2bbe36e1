/** Where a chart may stand in the tree. */
import { Chart } from 'cdk8s';
import { Construct, Node } from 'constructs';

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
