import { closedCluster } from '../../bench/analysis-clusters';
import { adopt, printProgram } from '../../src/adopt/adopt';
import { LabelSelector } from '../../src/algebra/label-selector';
import { ClusterModel } from '../../src/analysis/model';
import { Reachability } from '../../src/analysis/reachability';

test('6. adopt: what it costs follows the workloads, and not their square', () => {
  const [few, many] = [10, 40].map(namespaces => {
    const reach = Reachability.of(ClusterModel.of(closedCluster(namespaces)));
    const spy = jest.spyOn(LabelSelector.prototype, 'matches');
    const { plan } = adopt(reach, { platform: { distribution: 'kubernetes', version: '1.31' }, tenant: 'all', leave: [] });
    printProgram(plan, { paths: ['all.yaml'], pathOf: path => path });
    const count = spy.mock.calls.length;
    spy.mockRestore();
    expect(plan.statements).toHaveLength(16 * namespaces);
    return count;
  });
  expect(many / few).toBeLessThan(5);
});
